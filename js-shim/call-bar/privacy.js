// PAGE: what happens in the bar stays in the bar. Pages close, blur or trap something at whatever happens outside of it, and
// the bar is outside of everything: so nothing that begins in it is told to the page, from the window's capture on. What
// the browser itself does (a slider that is dragged, a list that opens) it does all the same.

const TYPES = [
  ...["pointerdown", "pointerup", "pointercancel", "pointermove", "pointerover", "pointerout"],
  ...["mousedown", "mouseup", "mousemove", "mouseover", "mouseout", "click", "dblclick", "auxclick", "contextmenu"],
  ...["touchstart", "touchend", "touchmove", "touchcancel", "focus", "blur", "focusin", "focusout"],
  ...["keydown", "keypress", "keyup", "beforeinput", "input", "selectstart", "dragstart"],
];

/** `tell` is told of each such event, with the element in the bar that it is for, as far as that is known. */
export function keepPrivate(root, shadow, tell, signal) {
  const keep = (event) => {
    // What leaves something of the page's for the bar is no leaving either.
    if (event.relatedTarget !== root && !event.composedPath().includes(root)) return;
    event.stopImmediatePropagation();
    if (event.target === root) tell(event, inside(event));
  };
  // The root is closed, and this is outside of it.
  const inside = (event) => {
    const [first] = event.composedPath();
    if (first !== root) return first;
    return event.detail ? shadow.elementFromPoint(event.clientX, event.clientY) : shadow.activeElement;
  };
  for (const type of TYPES) addEventListener(type, keep, { signal, capture: true });
}
