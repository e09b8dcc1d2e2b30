// The host that is chosen, as data: the preview makes an element of it, the snippets make text of it.
import { farEnd } from "./far-ends.js";

const TAGS = { button: "button", div: "div", element: "talk-button", mount: "div" };

const SIZES = {
  small: ["width: 10rem", "min-height: 2.5rem", "font: 600 0.875rem/1.2 system-ui, sans-serif"],
  regular: ["width: 15rem", "min-height: 3.25rem", "font: 600 1rem/1.2 system-ui, sans-serif"],
  large: ["width: 20rem", "min-height: 4.5rem", "font: 600 1.25rem/1.2 system-ui, sans-serif"],
  full: ["width: 100%", "min-height: 3.25rem", "font: 600 1rem/1.2 system-ui, sans-serif"],
};

const RADII = { pill: "999px", round: "0.75rem", square: "0" };

/** The options of `mount` by their names, without the label. */
export function optionsOf(choices, site) {
  return {
    embedId: farEnd(choices.far).embed,
    apiUrl: site.api,
    ...(choices.controls === "none" && { controls: "none" }),
    ...(choices.controls === "ui" && { ui: "none" }),
    ...(choices.lang && { lang: choices.lang }),
  };
}

const ATTRIBUTES = {
  embedId: "data-vocadesk-embed",
  apiUrl: "data-vocadesk-api-url",
  controls: "data-vocadesk-controls",
  ui: "data-vocadesk-ui",
  lang: "data-vocadesk-lang",
};

/** Tag and attributes, in the order in which one would write them. */
export function hostOf(choices, site) {
  const marks = Object.entries(optionsOf(choices, site)).map(([option, value]) => [ATTRIBUTES[option], value]);
  const isMounted = choices.kind === "mount";
  const attributes = [
    ...(choices.kind === "button" ? [["type", "button"]] : []),
    ...(isMounted ? [["id", "talk"]] : []),
    ["class", "talk"],
    ...(choices.dir === "rtl" ? [["dir", "rtl"]] : []),
    ...(isMounted ? [] : marks),
  ];
  return { tag: TAGS[choices.kind], attributes };
}

/** Theme, size and shape: the first are the embed's, the others any element's. */
export function styleOf({ bg, fg, accent, danger, muted, size, shape }) {
  const lines = [
    ...Object.entries({ bg, fg, accent, danger, muted }).map(([name, colour]) => `--vocadesk-${name}: ${colour}`),
    "box-sizing: border-box",
    "display: inline-flex",
    "align-items: center",
    "justify-content: center",
    ...SIZES[size],
    "max-width: 100%",
    "padding: 0.5rem 1.25rem",
    // Seen only where a visitor has colours of their own.
    "border: 1px solid transparent",
    `border-radius: ${RADII[shape]}`,
    "background: var(--vocadesk-bg)",
    "color: var(--vocadesk-fg)",
    "text-align: center",
    "cursor: pointer",
  ];
  return `.talk {\n${lines.map((line) => `  ${line};\n`).join("")}}`;
}
