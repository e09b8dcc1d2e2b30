// The gallery's page: gives its one host a theme, a size and a direction; by hand, or as scripts/screenshots says.
"use strict";

const form = document.querySelector("form");

/** `size` is also that of the frame that the page is photographed in, where it is in one. */
function dress(theme, size, dir, tall = 0) {
  const page = document.documentElement;
  Object.assign(page.dataset, { theme, size });
  page.dir = dir;
  const frames = { narrow: [360, 230], wide: [480, 150], tiny: [480, 120], large: [1032, 510] };
  const [width, height] = frames[size];
  if (window.frameElement) Object.assign(frameElement.style, { width: `${width}px`, height: `${Math.max(height, tall)}px` });
  return frames[size];
}

form.onchange = () => dress(form.theme.value, form.size.value, form.dir.value);
form.hidden = window !== window.top;
form.onchange();
