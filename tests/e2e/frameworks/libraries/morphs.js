// Libraries that make the page what their server has sent: `window.morphs[name](element, html)`.
import htmx from "htmx.org";
import { Idiomorph } from "idiomorph";
import morphdom from "morphdom";

window.morphs = {
  idiomorph: (element, html) => Idiomorph.morph(element, html),
  morphdom: (element, html) => morphdom(element, html),
  // What it gets by a request it puts in without one as well.
  htmx: (element, html) => htmx.swap({ target: element, sourceElement: element, text: html, swap: "outerMorph" }),
};
