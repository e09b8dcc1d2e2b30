// PAGE: where the bar stands in the document, and what it takes over from there.

// What is outside of these cannot be reached, or not be seen, while they are open. `:is` forgives a browser that knows
// no `:fullscreen`.
const MODAL = ':is(dialog[open],[aria-modal="true"],:fullscreen)';

// At the end of the document, not beside the host: no rule of the page for siblings or last children moves
// anything near it, no list or table gets a foreign child, and a menu that closes takes no running call's bar away.
const home = (host) => nearest(host, MODAL) ?? document.body;

// Past the ends of shadow roots.
function nearest(host, selector) {
  for (let node = host; node; node = node.getRootNode().host) {
    const found = node.closest(selector);
    if (found) return found;
  }
}

/** Puts the bar where it belongs, unless it is there. */
export function settle(host, root, shadow) {
  root.dir = getComputedStyle(host).direction;
  root.lang = nearest(host, "[lang]")?.lang ?? "";
  const parent = home(host);
  if (root.parentNode === parent) return;
  const focused = shadow.activeElement;
  parent.append(root);
  // Again: what was adopted out of the document WebKit (2.50) applies with the next frame, and measures without.
  shadow.adoptedStyleSheets = shadow.adoptedStyleSheets;
  root.popover = "manual";
  root.showPopover?.();
  focused?.focus({ preventScroll: true });
}
