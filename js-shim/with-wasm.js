// Stands for WebAssembly.Instance in the script that uses it: one that can be watched. JavaScript by its nature.
import { watched } from "./watched.js";

export class Instance {
  constructor(module, imports) {
    this.exports = watched(imports, (given) => new globalThis.WebAssembly.Instance(module, given).exports);
  }
}
