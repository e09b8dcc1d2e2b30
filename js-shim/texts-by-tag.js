// PAGE: brings a language's file beside the script without wasm, the way that came. JavaScript, as is that.
export { bringScript as bringTexts } from "./bring-script.js";
