// WCAG's contrast of two colours, each as #rrggbb.

/** The least for text (WCAG 2.2, 1.4.3). */
export const LEAST = 4.5;

function luminance(colour) {
  const channels = [1, 3, 5].map((from) => parseInt(colour.slice(from, from + 2), 16) / 255);
  const [red, green, blue] = channels.map((x) => (x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

export function contrast(one, other) {
  const [lighter, darker] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (lighter + 0.05) / (darker + 0.05);
}

/** Rounded down: 4.496 is not 4.5. */
export const asRatio = (contrast) => `${(Math.floor(contrast * 10) / 10).toFixed(1)}:1`;
