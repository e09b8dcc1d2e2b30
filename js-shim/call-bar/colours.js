// PAGE: the host's theme on the bar. What cannot be read there is moved towards black or white until it can;
// what is no colour is our own.
const DEFAULTS = { bg: "#0b1d36", fg: "#fff", accent: "#4f8cff", danger: "#ff5a5a", muted: "rgba(255,255,255,.55)" };
const BLACK = [0, 0, 0, 1];
const WHITE = [255, 255, 255, 1];

// WCAG 2.2: of text, and of what is no text.
const TEXT = 4.5;
const SIGN = 3;

/** Gives `bar`, which is in the page, the colours that `host` has at present; they may change at any time. */
export function colour(host, bar) {
  const style = getComputedStyle(host);
  const theme = Object.keys(DEFAULTS).map((name) => style.getPropertyValue(`--vocadesk-${name}`));
  const key = theme + style.fontFamily;
  if (bar.theme === key) return;
  bar.theme = key;
  const own = Object.values(DEFAULTS).map((text) => parse(bar, text));
  let [bg, fg, accent, danger, muted] = own.map((colour, i) => parse(bar, theme[i]) ?? colour);
  bg = over(bg, own[0]);
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
  const told = getComputedStyle(bar).color;
  bar.style.color = "";
  const [r, g, b, alpha = 1] = told.match(/[\d.e-]+/g).map(Number);
  const unit = told.startsWith("color") ? 255 : 1;
  return [r * unit, g * unit, b * unit, alpha];
}

const thin = ([r, g, b], alpha) => [r, g, b, alpha];
const over = (colour, under) => [...[0, 1, 2].map((i) => Math.round(colour[i] * colour[3] + under[i] * (1 - colour[3]))), 1];

function luminance(colour) {
  const [r, g, b] = colour.map((channel) => (channel > 10 ? ((channel + 14) / 269) ** 2.4 : channel / 3295));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
}

function contrast(a, b) {
  const [x, y] = [luminance(a), luminance(b)];
  return x > y ? x / y : y / x;
}

const further = (from) => (contrast(from, WHITE) > contrast(from, BLACK) ? WHITE : BLACK);

function readable(colour, bg, least) {
  const towards = further(bg);
  colour = over(colour, bg);
  for (let step = 0; contrast(colour, bg) < least && step < 10; step++) {
    colour = over(thin(towards, 0.2), colour);
  }
  return contrast(colour, bg) < least ? towards : colour;
}
