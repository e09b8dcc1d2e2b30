// All that can be chosen, and how it stands in a URL's query: what is not the default, so that a link says what is special.
import { FAR_ENDS } from "./far-ends.js";
import { POLICIES } from "./policies.js";

const labels = (table) => Object.fromEntries(Object.entries(table).map(([name, { label }]) => [name, label]));

/** One of these values, each with what the form calls it. The first is the default, where nothing else is said below. */
export const CHOICES = {
  kind: { button: "button", div: "div", element: "custom element", mount: "mount()" },
  size: { small: "Small", regular: "Regular", large: "Large", full: "Full width" },
  shape: { pill: "Pill", round: "Rounded", square: "Square" },
  controls: { bar: "Call bar", none: "No bar", ui: "Nothing of ours" },
  lang: {
    "": "The page’s (English)",
    ...{ ar: "Arabic", "zh-Hans": "Chinese, simplified", nl: "Dutch", en: "English", fr: "French", de: "German", he: "Hebrew" },
    ...{ hi: "Hindi", it: "Italian", ja: "Japanese", ko: "Korean", pl: "Polish", "pt-BR": "Portuguese", es: "Spanish" },
    ...{ sv: "Swedish", tr: "Turkish", uk: "Ukrainian" },
  },
  dir: { ltr: "Left to right", rtl: "Right to left" },
  page: { light: "Light", dark: "Dark" },
  room: { wide: "Wide", phone: "Phone" },
  far: labels(Object.assign({}, ...Object.values(FAR_ENDS))),
  policy: { ...labels(POLICIES), own: "Your own" },
  code: { html: "HTML", react: "React", vue: "Vue", svelte: "Svelte" },
};

/** The embed's own colours, but that a colour input knows no opacity. */
export const COLOURS = {
  bg: { label: "Background", value: "#0b1d36" },
  fg: { label: "Text", value: "#ffffff" },
  accent: { label: "Level", value: "#4f8cff" },
  danger: { label: "Errors, end", value: "#ff5a5a" },
  muted: { label: "Quiet text", value: "#9199a5" },
};

const TEXTS = { label: "Talk to us", own: "" };

export const DEFAULTS = {
  ...Object.fromEntries(Object.entries(CHOICES).map(([name, values]) => [name, Object.keys(values)[0]])),
  ...Object.fromEntries(Object.entries(COLOURS).map(([name, { value }]) => [name, value])),
  ...TEXTS,
  size: "regular",
};

/** What may stand in a link that somebody else has written. */
function isPossible(name, value) {
  if (name in CHOICES) return Object.hasOwn(CHOICES[name], value);
  if (name in COLOURS) return /^#[0-9a-f]{6}$/.test(value);
  return name in TEXTS;
}

/** What a query chooses; the default where it says nothing, or nothing that there is. */
export function choicesOf(query) {
  const given = [...new URLSearchParams(query)].filter(([name, value]) => isPossible(name, value));
  return { ...DEFAULTS, ...Object.fromEntries(given) };
}

/** The query of these choices, without a question mark. */
export function queryOf(choices) {
  const isSpecial = ([name, value]) => name in DEFAULTS && value !== undefined && value !== DEFAULTS[name];
  const special = Object.entries(choices).filter(isSpecial);
  return new URLSearchParams(special).toString();
}
