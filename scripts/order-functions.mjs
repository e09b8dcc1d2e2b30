// Puts the wasm's functions in the order in which brotli packs them best: each next to the one that it is
// most like, beginning with the longest. Nothing else changes.
// Usage: node scripts/order-functions.mjs FILE.wasm [OPTION_OF_WASM_OPT...]   (rewrites it)

import { execFileSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { leb, readLeb } from "./leb128.mjs";

const [, , file, ...options] = process.argv;
const bytes = await readFile(file);
const IMPORTS = 2;
const CODE = 10;

/** So many bytes in a row are compared: an instruction or two. Tried 2 to 6. */
const GRAM = 4;

/** How many functions are imported, and the bytes of each of our own. */
function functions() {
  let imported = 0;
  const bodies = [];
  for (let at = 8; at < bytes.length; ) {
    const id = bytes[at];
    const [length, begin] = readLeb(bytes, at + 1);
    let [count, next] = readLeb(bytes, begin);
    // scripts/shorten-names.mjs has seen to it that nothing but functions is imported.
    if (id === IMPORTS) imported = count;
    if (id === CODE) {
      for (; count > 0; count--) {
        const [size, body] = readLeb(bytes, next);
        next = body + size;
        bodies.push(bytes.subarray(body, next));
      }
    }
    at = begin + length;
  }
  return { imported, bodies };
}

function gramsOf(body) {
  const grams = new Set();
  for (let at = 0; at + GRAM <= body.length; at++) grams.add(body.readUInt32LE(at));
  return grams;
}

/** The cosine of two functions' sets of grams. */
function likeness(one, other) {
  let shared = 0;
  for (const gram of one) if (other.has(gram)) shared++;
  return shared / Math.sqrt(1 + one.size * other.size);
}

/** Our functions' numbers, in the new order. */
function chain(bodies) {
  const grams = bodies.map(gramsOf);
  const left = new Set(bodies.keys());
  const best = (score) => [...left].reduce((best, at) => (score(at) > score(best) ? at : best));
  let last = best((at) => bodies[at].length);
  const order = [];
  for (;;) {
    order.push(last);
    left.delete(last);
    if (!left.size) return order;
    const scores = new Map([...left].map((at) => [at, likeness(grams[last], grams[at])]));
    last = best((at) => scores.get(at));
  }
}

// wasm-opt orders functions by their names: so each gets its place for a name, the imported ones first.
const { imported, bodies } = functions();
const place = new Map(chain(bodies).map((at, place) => [at, place]));
const entry = (index, rank) => {
  const name = Buffer.from(String(rank).padStart(6, "0"));
  return Buffer.concat([leb(index), leb(name.length), name]);
};
const names = Buffer.concat([
  leb(imported + bodies.length),
  ...Array.from({ length: imported }, (_, at) => entry(at, at)),
  ...bodies.map((_, at) => entry(imported + at, imported + place.get(at))),
]);
const section = Buffer.concat([leb(4), Buffer.from("name"), Buffer.of(1), leb(names.length), names]);
await writeFile(file, Buffer.concat([bytes, Buffer.of(0), leb(section.length), section]));
const wasmOpt = path.join(path.dirname(fileURLToPath(import.meta.url)), "..", "node_modules", ".bin", "wasm-opt");
execFileSync(wasmOpt, [file, "-o", file, ...options]);
