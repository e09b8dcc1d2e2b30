// Gives the wasm's imports and closure exports short names, in the module and in wasm-bindgen's glue
// alike: each of the long ones carries sixteen hexadecimal digits that no compressor can shrink, and
// stands in both files. Usage: node scripts/shorten-names.mjs FILE.wasm GLUE.js   (rewrites both)

import { readFile, writeFile } from "node:fs/promises";

const [, , wasmFile, glueFile] = process.argv;
const bytes = await readFile(wasmFile);
let glue = await readFile(glueFile, "utf8");

const IMPORTS = 2;
const EXPORTS = 7;
let at = 0;

/** The unsigned LEB128 number at `at`. */
function number() {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    value += (byte & 127) * 2 ** shift;
    if (byte < 128) return value;
  }
}

function leb(value) {
  const out = [];
  do {
    out.push((value & 127) | (value > 127 ? 128 : 0));
    value >>>= 7;
  } while (value);
  return Buffer.from(out);
}

function name() {
  const length = number();
  at += length;
  return bytes.toString("utf8", at - length, at);
}

const named = (text) => Buffer.concat([leb(Buffer.byteLength(text)), Buffer.from(text)]);

/** The bytes of what an import is, behind its two names. */
function importKind() {
  const from = at;
  const kind = bytes[at++];
  if (kind !== 0) throw new Error(`shorten-names: an import of kind ${kind}, where only functions are expected`);
  number();
  return bytes.subarray(from, at);
}

let count = 0;
const short = () => (count++).toString(36);

/** Replaces a name in the glue; one that is not there would leave the two files at odds. */
function inGlue(before, after) {
  if (!glue.includes(before)) throw new Error(`shorten-names: ${before} is not in the glue`);
  glue = glue.replaceAll(before, after);
}

function imports() {
  const entries = [];
  for (let left = number(); left > 0; left--) {
    name();
    const long = name();
    const brief = short();
    inGlue(`        ${long}: function`, `        "${brief}": function`);
    entries.push(named("w"), named(brief), importKind());
  }
  return entries;
}

function exports() {
  const entries = [];
  for (let left = number(); left > 0; left--) {
    let text = name();
    if (text.startsWith("wasm_bindgen_")) {
      const brief = `f${short()}`;
      inGlue(`wasm.${text}(`, `wasm.${brief}(`);
      text = brief;
    }
    const from = at;
    at++;
    number();
    entries.push(named(text), bytes.subarray(from, at));
  }
  return entries;
}

const out = [bytes.subarray(0, 8)];
at = 8;
while (at < bytes.length) {
  const from = at;
  const id = bytes[at++];
  const length = number();
  const end = at + length;
  if (id === IMPORTS || id === EXPORTS) {
    const start = at;
    const entries = id === IMPORTS ? imports() : exports();
    at = start;
    const body = Buffer.concat([leb(number()), ...entries]);
    out.push(Buffer.from([id]), leb(body.length), body);
  } else {
    out.push(bytes.subarray(from, end));
  }
  at = end;
}
inGlue('"./vocadesk_embed_bg.js": import0', '"w": import0');
await writeFile(wasmFile, Buffer.concat(out));
await writeFile(glueFile, glue);
