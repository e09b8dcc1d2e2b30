// AUDIO WORKLET: wasm-bindgen's glue makes a TextDecoder and a TextEncoder as it is read, and this realm
// has neither. It never uses them either; the stand-ins let the script be read. Imported before the glue, which is JavaScript.
globalThis.TextDecoder ??= class {
  decode() {}
};
globalThis.TextEncoder ??= class {};
