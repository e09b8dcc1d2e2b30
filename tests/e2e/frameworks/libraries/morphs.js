// Libraries that make the page what their server has sent: `window.morphs[name](element, html)`.
import alpineMorph from "@alpinejs/morph";
import Alpine from "alpinejs";
import htmx from "htmx.org";
import { Idiomorph } from "idiomorph";
import morphdom from "morphdom";

Alpine.plugin(alpineMorph);
// Its plugins look for it there.
window.Alpine = Alpine;

window.morphs = {
  // Livewire patches a page by this.
  alpine: (element, html) => Alpine.morph(element, html),
  idiomorph: (element, html) => Idiomorph.morph(element, html),
  // And LiveView by this.
  morphdom: (element, html) => morphdom(element, html),
  // What it gets by a request it puts in without one as well.
  htmx: (element, html) => htmx.swap({ target: element, sourceElement: element, text: html, swap: "outerMorph" }),
};
