// PAGE: the bar by keyboard. It stands at the end of the document, and is met where it belongs: after the host.

// WebKitGTK has no name for this key where Shift is held.
const TAB = 9;

/** Gives what takes the keys that are pressed inside, each with the element that has it: M presses `first`, and Tab leads
 * from the host to it, and from `last()` to what follows the host. */
export function keyboard(host, shadow, first, last, signal) {
  const plain = ({ altKey, ctrlKey, metaKey }) => !(altKey || ctrlKey || metaKey);
  host.addEventListener(
    "keydown",
    (event) => {
      if (event.keyCode !== TAB || event.shiftKey || event.target !== host || !plain(event)) return;
      // Where the bar has no room it is not there, and the focus goes on.
      first.focus();
      if (shadow.activeElement === first) event.preventDefault();
    },
    { signal },
  );
  signal.addEventListener("abort", () => (host = undefined));
  return (event, target) => {
    const { key, keyCode } = event;
    if (!host || !plain(event)) return;
    // It would close the page's own dialog.
    if (key === "Escape") event.preventDefault();
    else if (keyCode === TAB && target === (event.shiftKey ? first : last())) {
      // The browser goes on from the host, or stays there.
      if (event.shiftKey) event.preventDefault();
      host.focus();
    } else if (key.toLowerCase() === "m" && target.localName !== "select" && !event.repeat) {
      first.press();
    }
  };
}
