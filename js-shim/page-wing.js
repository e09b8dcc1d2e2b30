// PAGE: the page wing as the loader sees it, whichever file it came from.
import { mount, startPage, tell } from "wasm-glue";
import { realms } from "./realms.js";

/** `text` is what this script says. */
export const pageWing = (text, module) => ({
  mount,
  tell,
  start: () => startPage(realms(text, module)),
});
