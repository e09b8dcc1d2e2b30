// PAGE: the bar by keyboard. It stands at the end of the document, and is met where it belongs: after the host.

/** M presses `first` while the focus is inside; Tab leads from the host to it, and from `last()` to what follows
 * the host. */
export function keyboard(host, shadow, first, last, signal) {
  const plain = ({ altKey, ctrlKey, metaKey }) => !(altKey || ctrlKey || metaKey);
  host.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Tab" || event.shiftKey || event.target !== host || !plain(event)) return;
      event.preventDefault();
      first.focus();
    },
    { signal },
  );
  shadow.addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (!plain(event)) return;
    if (key === "Tab" && target === (event.shiftKey ? first : last())) {
      // The browser goes on from the host, or stays there.
      if (event.shiftKey) event.preventDefault();
      host.focus();
    } else if (key.toLowerCase() === "m" && target.localName !== "select" && !event.repeat) {
      event.stopPropagation();
      first.click();
    }
  });
}
