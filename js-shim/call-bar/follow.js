// PAGE: where the bar lies: in the top layer, beside the host and never over it, inside what the visitor sees.
import { get } from "../by-prototype.js";
import { around, surroundings } from "./surroundings.js";

// Narrower than this it is a sheet at the bottom.
const NARROW_PX = 480;
const GAP_PX = 8;
// A row of buttons: with less room than this there is none.
const ROW_PX = 64;

/**
 * Follows the host until `signal`. The function that it gives is to be called now and then: it sees to what
 * no event tells of, its own size as well. Nothing is done in between while nothing moves.
 */
export function follow(host, root, shadow, texts, signal) {
  let side, watcher, watched;
  let high = 0; // as high as it would be with all the room there is
  let zoomed; // whether boxes in a zoomed element are given in that element's pixels
  // Important, or a rule of the page's might be.
  const put = (name, pixels) => root.style.setProperty(`--vocadesk-${name}`, `${Math.round(pixels)}px`, "important");

  function lie(measure) {
    if (!host) return;
    const { left, top, right, bottom, narrow } = view();
    if (measure) {
      root.toggleAttribute("data-sheet", narrow);
      put("w", right - left);
      put("h", bottom - top);
      high = root.offsetHeight;
    }
    const wide = root.offsetWidth;
    if (zoomed === undefined) {
      root.style.zoom = 2;
      zoomed = root.getBoundingClientRect().width < 1.5 * root.offsetWidth;
      root.style.zoom = "";
    }
    const at = zoomed ? inPagesPixels(host) : host.getBoundingClientRect();
    const absent = !at.width || at.bottom <= top || at.top >= bottom;
    const within = (low, value, most) => Math.max(low, Math.min(value, most));
    const middle = within(left, (at.left + at.right - wide) / 2, right - wide);
    const level = within(top, (at.top + at.bottom - high) / 2, bottom - high);
    const under = Math.max(at.bottom + GAP_PX, top);
    const above = Math.min(at.top - GAP_PX, bottom) - high;
    const corner = root.dir === "rtl" ? left : right - wide;
    // Where it would lie, and whether it fits in there.
    const sides = {
      "up-sheet": [left, bottom - high, narrow && (absent || under <= bottom - high)],
      up: [corner, bottom - high, !at.width],
      below: [middle, under, under + high <= bottom],
      "up-above": [middle, above, above >= top],
      after: [at.right + GAP_PX, level, at.right + GAP_PX + wide <= right],
      before: [at.left - GAP_PX - wide, level, at.left - GAP_PX - wide >= left],
    };
    // On a screen that is wide it stays on its side for as long as it can.
    const found = [...(narrow ? [] : [side]), ...Object.keys(sides)].find((name) => sides[name]?.[2]);
    let [x, y] = sides[found] ?? sides.below;
    let room = bottom - top;
    root.toggleAttribute("data-out", false);
    side = found;
    if (!found) {
      const [over, beneath] = [at.top - GAP_PX - top, bottom - under];
      room = Math.max(over, beneath);
      side = over > beneath ? "up" : "below";
      if (over > beneath) y = top;
      if (room < ROW_PX) {
        // Over a host that is nearly all there is, or nowhere.
        room = ROW_PX;
        y = bottom - ROW_PX;
        root.toggleAttribute("data-out", at.height < 3 * ROW_PX);
      }
    }
    put("h", room);
    put("x", x);
    put("y", y);
    root.dataset.side = side;
    return at;
  }

  // What moves the host without scrolling and resizing moves it out of where it was.
  function watch(measure) {
    if (signal.aborted) return;
    const { top, right, bottom, left } = lie(measure);
    const { clientWidth, clientHeight } = get(document, "documentElement");
    const where = [top, clientWidth - right, clientHeight - bottom, left].map((side) => `${-Math.floor(side)}px`).join(" ");
    if (where === watched) return;
    watched = where;
    watcher?.disconnect();
    const options = { root: document, rootMargin: where, threshold: [0, 0.25, 0.5, 0.75, 1] };
    // The first notification counts as well: the host may have moved on since it was measured.
    watcher = new IntersectionObserver(() => watch(), options);
    watcher.observe(host);
  }

  const again = () => lie();
  const anew = () => lie(true);
  addEventListener("scroll", again, { signal, capture: true, passive: true });
  addEventListener("resize", anew, { signal });
  for (const type of ["resize", "scroll"]) visualViewport.addEventListener(type, anew, { signal });
  // The bar's own as well: WebKit (2.50) tells a height of 38 pixels at first that are 58 a frame later.
  const sizes = new ResizeObserver(anew);
  sizes.observe(host);
  sizes.observe(root);
  signal.onabort = () => {
    sizes.disconnect();
    watcher?.disconnect();
    host = undefined;
  };
  const settle = surroundings(host, root, shadow, texts, place, signal);
  function place() {
    if (!host) return;
    settle();
    watch(true);
  }
  return place;
}

// Where WebKit (2.50), and Chromium before 128, see an element that stands in a zoomed one.
function inPagesPixels(element) {
  let zoom = 1;
  for (let node = element; node; node = get(node, "parentElement") ?? around(node)) {
    zoom *= getComputedStyle(node).zoom || 1;
  }
  const { left, top, width, height } = element.getBoundingClientRect();
  return new DOMRect(left * zoom, top * zoom, width * zoom, height * zoom);
}

// What the visitor sees of the page, less a margin; who has zoomed in with two fingers looks at a part of it.
function view() {
  const { clientWidth, clientHeight } = get(document, "documentElement");
  const { offsetLeft: x, offsetTop: y, width, height, scale } = visualViewport;
  const seen = scale > 0.99 && scale < 1.01 ? [x, y, width, height] : [0, 0, clientWidth, clientHeight];
  const narrow = seen[2] < NARROW_PX;
  const gap = narrow ? 0 : GAP_PX;
  return { narrow, left: seen[0] + gap, top: seen[1] + gap, right: seen[0] + seen[2] - gap, bottom: seen[1] + seen[3] - gap };
}
