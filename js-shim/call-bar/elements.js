// PAGE: elements by DOM calls: no markup, which Trusted Types would refuse.
import { call } from "../by-prototype.js";

const SVG = "http://www.w3.org/2000/svg";

/** An element with attributes and children. */
export function make(name, attributes = {}, children = []) {
  const element = call(document, "createElement", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/** A button that shows an icon; `label` gives it a title, which is its name as well, and perhaps another icon. */
export function button(path, text, press, attributes) {
  const icon = call(document, "createElementNS", SVG, "svg");
  const lines = call(document, "createElementNS", SVG, "path");
  icon.setAttribute("viewBox", "0 0 24 24");
  icon.setAttribute("aria-hidden", "true");
  icon.append(lines);
  const element = make("button", { type: "button", ...attributes }, [icon]);
  element.press = press;
  const label = (text, path) => {
    element.title = text;
    if (path) lines.setAttribute("d", path);
  };
  label(text, path);
  return { element, label, on: (is) => element.toggleAttribute("data-on", is) };
}
