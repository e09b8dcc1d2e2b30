// PAGE: the crate's exports for the page, as the loader sees them, whichever file they came from.
import { mount, startPage, tell } from "wasm-glue";
import { realms } from "./realms.js";

/** `text` is what this script says. */
export const pageExports = (text, module) => ({
  mount,
  tell,
  start: () => startPage(realms(text, module)),
});
