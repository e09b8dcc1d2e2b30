// PAGE: the bar by keyboard. It stands at the end of the document, and is met where it belongs: after the host.

// WebKitGTK has no name for this key where Shift is held.
const TAB = 9;

/** M presses `first` while the focus is inside; Tab leads from the host to it, and from `last()` to what follows
 * the host. */
export function keyboard(host, shadow, first, last, signal) {
  const plain = ({ altKey, ctrlKey, metaKey }) => !(altKey || ctrlKey || metaKey);
  host.addEventListener(
    "keydown",
    (event) => {
      if (event.keyCode !== TAB || event.shiftKey || event.target !== host || !plain(event)) return;
      event.preventDefault();
      first.focus();
    },
    { signal },
  );
  signal.addEventListener("abort", () => (host = undefined));
  shadow.addEventListener("keydown", (event) => {
    if (!host) return;
    const { key, keyCode, target } = event;
    if (!plain(event)) return;
    if (keyCode === TAB && target === (event.shiftKey ? first : last())) {
      // The browser goes on from the host, or stays there.
      if (event.shiftKey) event.preventDefault();
      host.focus();
    } else if (key.toLowerCase() === "m" && target.localName !== "select" && !event.repeat) {
      event.stopPropagation();
      first.click();
    }
  });
}
