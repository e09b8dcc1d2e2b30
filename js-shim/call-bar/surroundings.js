// PAGE: where the bar stands in the document, and what it takes over from there.
import { call, get } from "../by-prototype.js";

// What is outside of these cannot be reached, or not be seen, while they are open. `:is` forgives a browser that knows
// no `:fullscreen`.
const MODAL = ':is(dialog[open],[aria-modal="true"],:fullscreen)';

// What the browser shows above all else, and what it closes on a click outside. Those that the page has to close itself
// keep nobody out.
const TOP = ":is(:modal,:fullscreen,:popover-open)";
const onTop = (element) => get(element, "isConnected") && get(element, "popover") !== "manual" && call(element, "matches", TOP);

// These show none of their children.
const CHILDLESS = "video,img,canvas,iframe,object,embed";

/** Gives what puts the bar where it belongs, unless it is there; `changed` is called once that may be elsewhere. */
export function surroundings(host, root, shadow, texts, changed, signal) {
  // Those that have opened, the topmost last.
  let opened = [...call(document, "querySelectorAll", TOP)];
  const opens = (element) => {
    opened = opened.filter((other) => other !== element && get(other, "isConnected"));
    opened.push(element);
    changed();
    raise();
  };
  const toggles = ({ target, newState }) => {
    if (target === root || get(target, "popover") === "manual") return;
    if (newState === "open") queueMicrotask(() => opens(target));
    else if (call(target, "contains", root)) settle(target);
  };
  // A dialog tells of that only in newer browsers, but its attribute always does.
  call(document, "addEventListener", "beforetoggle", toggles, { signal, capture: true });
  call(document, "addEventListener", "fullscreenchange", ({ target }) => (target === document ? changed() : opens(target)), { signal, capture: true });
  const dialogs = new MutationObserver((records) => {
    for (const { target } of records) if (target.localName === "dialog") target.open ? opens(target) : changed();
  });
  dialogs.observe(document, { subtree: true, attributeFilter: ["open"] });
  // A dialog that is no <dialog> puts all else out of reach as it opens; a call is not its business.
  const kept = new MutationObserver(() => reachable());
  kept.observe(root, { attributeFilter: ["inert", "aria-hidden", "hidden"] });
  signal.addEventListener("abort", () => {
    dialogs.disconnect();
    kept.disconnect();
    host = undefined;
    opened = [];
  });

  function reachable() {
    for (const name of ["inert", "aria-hidden", "hidden"]) root.removeAttribute(name);
  }

  // At the end of the document, not beside the host: no rule of the page for siblings or last children moves
  // anything near it, no list or table gets a foreign child, and a menu that closes takes no running call's bar away.
  function home(closing) {
    const top = opened.findLast((element) => element !== closing && onTop(element) && !call(element, "matches", CHILDLESS));
    return top ?? nearest(host, MODAL) ?? get(document, "body");
  }

  // Above what has opened since.
  function raise() {
    if (!host || !root.isConnected) return;
    const focused = shadow.activeElement;
    root.hidePopover?.();
    root.showPopover?.();
    focused?.focus({ preventScroll: true });
  }

  function settle(closing) {
    root.dir = texts.dir ?? getComputedStyle(host).direction;
    const language = texts.lang ?? lang(nearest(host, "[lang]"));
    // Whoever listens for a change of language hears of none.
    if (root.lang !== language) root.lang = language;
    const parent = home(closing);
    if (root.parentNode === parent) return;
    const focused = shadow.activeElement;
    call(parent, "append", root);
    // Again: what was adopted out of the document WebKit (2.50) applies with the next frame, and measures without.
    shadow.adoptedStyleSheets = shadow.adoptedStyleSheets;
    root.popover = "manual";
    root.showPopover?.();
    focused?.focus({ preventScroll: true });
  }
  return () => host && settle();
}

const lang = (element) => (element && get(element, "lang")) ?? "";

/** The host of the shadow root that a node is in; nothing where it is in none, whatever a document has by the name `host`. */
export function around(node) {
  const root = call(node, "getRootNode");
  return root instanceof ShadowRoot ? root.host : undefined;
}

// Past the ends of shadow roots.
function nearest(host, selector) {
  for (let node = host; node; node = around(node)) {
    const found = call(node, "closest", selector);
    if (found) return found;
  }
}
