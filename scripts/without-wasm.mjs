// Makes the library's JavaScript twin of a wasm module that was built for WebAssembly's first version: a
// module with one function, which takes the imports and gives the exports, and the glue that fits it.
// Usage: node scripts/without-wasm.mjs GLUE_FOLDER   (reads wasm-bindgen's two files, writes twin.js beside)

import { execFileSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { replaceOnce } from "./replace-once.mjs";

/** Each character is a byte. */
const PUT_BYTES = `
  function putBytes(memory, at, text) {
    for (let i = 0; i < text.length; i++) memory[at + i] = text.charCodeAt(i);
  }`;

const folder = path.resolve(process.argv[2]);
const tool = (name) =>
  path.join(path.dirname(fileURLToPath(import.meta.url)), "..", "node_modules", ".bin", name);
const small = path.join(folder, "small.wasm");
const raw = path.join(folder, "raw.js");
const strip = ["--strip-debug", "--strip-producers", "--strip-target-features"];
execFileSync(tool("wasm-opt"), [path.join(folder, "vocadesk_embed_bg.wasm"), "-o", small, "--mvp-features", "-Oz", ...strip]);
execFileSync(tool("wasm2js"), ["-Oz", small, "-o", raw]);

// wasm2js writes an ES module that makes one instance as it is read; each of our realms may need several.
let twin = await readFile(raw, "utf8");
twin = replaceOnce(twin, /^import .*$/m, "export function instantiate(imports) {");
twin = replaceOnce(twin, /^var retasmFunc = asmFunc\(\{[^]*$/m, "return asmFunc(imports);\n}\n");
// Its memory as texts instead of base64: most of it is texts, which compress as such only.
twin = replaceOnce(twin, /^ {2}var base64ReverseLookup = [^]*?^ {2}function base64Decode[^]*?^ {2}\}$/m, PUT_BYTES);
twin = twin.replaceAll(/base64DecodeToExistingUint8Array\(bufferView, (\d+), "([^"]*)"\)/g, (_, at, base64) => {
  const bytes = JSON.stringify(Buffer.from(base64, "base64").toString("latin1"));
  return `putBytes(bufferView, ${at}, ${bytes})`;
});
if (/base64/.test(twin)) throw new Error("without-wasm: some memory is still base64");
await writeFile(path.join(folder, "twin.js"), twin);

// Memory that grows leaves its old buffer attached: wasm-bindgen's own checks would not notice, neither of its
// views' length nor of a buffer that says whether it is detached.
const glueFile = path.join(folder, "vocadesk_embed.js");
const glue = await readFile(glueFile, "utf8");
const STALE = /\b(cached\w+Memory0)\.(?:byteLength === 0|buffer\.detached === true \|\| \(\1\.buffer\.detached === undefined && \1\.buffer !== wasm\.memory\.buffer\))/g;
const fresh = glue.replaceAll(STALE, "$1.buffer !== wasm.memory.buffer");
const checks = glue.match(/\bcached\w+Memory0 === null/g)?.length ?? 0;
const replaced = fresh.match(/Memory0\.buffer !== wasm\.memory\.buffer/g)?.length ?? 0;
if (!checks || checks !== replaced || /detached/.test(fresh)) {
  throw new Error("without-wasm: the glue looks at its views in another way than it did");
}
await writeFile(glueFile, fresh);
