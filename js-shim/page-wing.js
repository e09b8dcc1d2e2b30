// PAGE: the page wing as the loader sees it, whichever file it came from.
import { click, counted, mount, startPage, unmount } from "wasm-glue";
import { realms } from "./realms.js";

/** `url` is where this script came from, `text` what it says. */
export const pageWing = (url, text, module) => ({
  click,
  counted,
  mount,
  unmount,
  start: (missing) => startPage(realms(url, text, module, missing)),
});
