// Starts the glue in this realm.
import { initSync } from "wasm-glue";

export const start = (module) => initSync({ module });
