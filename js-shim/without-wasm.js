// Stands for WebAssembly in the script that does without it: what the glue and the audio worklet ask of it. JavaScript by
// its nature.
import { instantiate } from "wasm-twin";
import { watched } from "./watched.js";

// The name under which wasm-bindgen's module imports its glue.
const GLUE = "./vocadesk_embed_bg.js";

class Module {}

class Instance {
  constructor(module, imports) {
    this.exports = watched(imports, (given) => instantiate({ [GLUE]: {}, ...given }));
  }
}

export const WebAssembly = { Module, Instance };
