// PAGE: what both sides say, as plain text; the newest lines show, and all of it can be scrolled and selected.
import { make } from "./elements.js";

// A day of talk must not fill the page's memory.
const MOST_LINES = 500;

/** `add` adds a line, or gives the line of the same speaker and number another text. */
export function captions(texts) {
  const lines = new Map();
  const hint = make("p", { class: "hint" }, [texts.no_captions]);
  // No live region: the agent's words would be spoken twice at the same time.
  const element = make("div", { class: "captions", role: "region", tabindex: 0, "aria-label": texts.captions, hidden: "" }, [hint]);
  const toEnd = () => (element.scrollTop = element.scrollHeight);
  // Where the visitor has scrolled up, they read.
  const atEnd = () => !element.hidden && element.scrollHeight - element.scrollTop - element.clientHeight < 9;
  // While a frame is being made: whether it ends at the end, and where the visitor stood, unless lines went.
  let follows, stood;
  // To look where the visitor stands costs a layout of all lines: once a frame, however many come.
  const follow = () => {
    if (follows !== undefined) return;
    follows = atEnd();
    stood = element.scrollTop;
    requestAnimationFrame(() => {
      // Who has scrolled up meanwhile reads.
      if (follows && element.scrollTop >= stood) toEnd();
      follows = undefined;
    });
  };
  return {
    element,
    opened() {
      toEnd();
      if (follows === false) [follows, stood] = [true, 0];
    },
    add({ role, text, seq }) {
      const key = role + seq;
      follow();
      let words = lines.get(key);
      if (!words) {
        words = make("p", { dir: "auto" });
        lines.set(key, words);
        hint.remove();
        element.append(make("div", { class: role }, [make("b", {}, [role === "user" ? texts.you : texts.agent]), words]));
        const [oldest] = lines;
        if (lines.size > MOST_LINES) {
          lines.delete(oldest[0]);
          stood = 0;
          oldest[1].parentNode.remove();
        }
      }
      if (words.textContent !== text) words.textContent = text;
    },
  };
}
