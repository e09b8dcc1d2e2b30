// PAGE: the host's theme on the bar. What cannot be read there is moved towards black or white until it can. Which colour
// the host has by default css/host.css says.
import { get } from "../by-prototype.js";

const NAMES = ["b", "f", "a", "d", "m"].map((name) => `--vocadesk-${name}`);

// Without a colour of the page's, in a browser that knows no @property.
const LAST_RESORT = ["Canvas", "CanvasText", "Highlight", "Mark", "GrayText"];

const BLACK = [0, 0, 0, 1];
const WHITE = [255, 255, 255, 1];

// WCAG 2.2: of text, and of what is no text. A twentieth more, for the ratio that the wasm gives may be off by so much.
const TEXT = 4.5 * 1.05;
const SIGN = 3 * 1.05;

/**
 * Gives `bar`, which is in the page, the colours that `host` has at present; they may change at any time. `ratio` gives
 * the contrast of two colours.
 */
export function colour(host, bar, ratio) {
  const style = getComputedStyle(host);
  const theme = NAMES.map((name) => style.getPropertyValue(name).trim());
  const key = theme + style.fontFamily;
  if (bar.theme === key) return;
  bar.theme = key;
  // Where nobody has set them, they are what they are from the start.
  const initial = getComputedStyle(get(document, "documentElement"));
  const own = NAMES.map((name, i) => parse(bar, initial.getPropertyValue(name).trim()) ?? parse(bar, LAST_RESORT[i]));
  let [bg, fg, accent, danger, muted] = own.map((colour, i) => parse(bar, theme[i]) ?? colour);
  bg = over(bg, own[0]);
  const contrast = ([r1, g1, b1], [r2, g2, b2]) => ratio(r1, g1, b1, r2, g2, b2);
  const further = (from) => (contrast(from, WHITE) > contrast(from, BLACK) ? WHITE : BLACK);
  const readable = (colour, bg, least) => {
    const towards = further(bg);
    colour = over(colour, bg);
    for (let step = 0; contrast(colour, bg) < least && step < 10; step++) colour = over(thin(towards, 0.2), colour);
    return contrast(colour, bg) < least ? towards : colour;
  };
  fg = readable(fg, bg, TEXT);
  danger = readable(danger, bg, SIGN);
  const colours = {
    bg,
    fg,
    danger,
    accent: readable(accent, bg, SIGN),
    muted: readable(muted, bg, TEXT),
    soft: over(thin(fg, 0.14), bg),
    sign: further(danger),
  };
  for (const [name, colour] of Object.entries(colours)) bar.style.setProperty(`--vocadesk-${name}`, `rgb(${colour.slice(0, 3)})`);
  bar.style.colorScheme = further(bg) === WHITE ? "dark" : "light";
  bar.style.fontFamily = style.fontFamily;
}

// The browser knows what is a colour; `rgb()` and `color(srgb …)` are how it tells.
function parse(bar, text) {
  if (!CSS.supports("color", text)) return;
  const mixed = `color-mix(in srgb,${text},${text})`;
  bar.style.color = CSS.supports("color", mixed) ? mixed : text;
  const computed = getComputedStyle(bar).color;
  bar.style.color = "";
  const [r, g, b, alpha = 1] = computed.match(/[\d.e-]+/g).map(Number);
  const unit = computed.startsWith("color") ? 255 : 1;
  return [r * unit, g * unit, b * unit, alpha];
}

const thin = ([r, g, b], alpha) => [r, g, b, alpha];
const over = (colour, under) => [...[0, 1, 2].map((i) => Math.round(colour[i] * colour[3] + under[i] * (1 - colour[3]))), 1];
