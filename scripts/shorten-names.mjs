// Gives the wasm's imports and wasm-bindgen's own exports short names, in the module and in the glue
// alike: each of the long ones carries sixteen hexadecimal digits that no compressor can shrink, and
// stands in both files. Exports that the glue does not use go, and what only they need after them.
// Usage: node scripts/shorten-names.mjs FILE.wasm GLUE.js   (rewrites both)

import { readFile, writeFile } from "node:fs/promises";
import { leb, readLeb } from "./leb128.mjs";
import { packGlue } from "./pack-glue.mjs";

const [, , wasmFile, glueFile] = process.argv;
const bytes = await readFile(wasmFile);
let { glue, numbers } = packGlue(await readFile(glueFile, "utf8"));

const IMPORTS = 2;
const EXPORTS = 7;
let at = 0;

/** The number at `at`. */
function number() {
  let value;
  [value, at] = readLeb(bytes, at);
  return value;
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

function imports() {
  const entries = [];
  for (let left = number(); left > 0; left--) {
    name();
    const long = name();
    if (!numbers.has(long)) throw new Error(`shorten-names: ${long} is not in the glue`);
    entries.push(Buffer.concat([named("w"), named(`${numbers.get(long)}`), importKind()]));
  }
  return entries;
}

function exports() {
  const entries = [];
  for (let left = number(); left > 0; left--) {
    let text = name();
    const from = at++;
    number();
    if (/^(__|wasm_bindgen_)/.test(text)) {
      const use = new RegExp(`\\bwasm\\.${text}\\b`, "g");
      if (!use.test(glue)) continue;
      const brief = `f${entries.length}`;
      glue = glue.replace(use, `wasm.${brief}`);
      text = brief;
    }
    entries.push(Buffer.concat([named(text), bytes.subarray(from, at)]));
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
    const entries = id === IMPORTS ? imports() : exports();
    const body = Buffer.concat([leb(entries.length), ...entries]);
    out.push(Buffer.from([id]), leb(body.length), body);
  } else {
    out.push(bytes.subarray(from, end));
  }
  at = end;
}
await writeFile(wasmFile, Buffer.concat(out));
await writeFile(glueFile, glue);
