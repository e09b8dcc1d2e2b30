// Bundles js-shim/loader.js with wasm-bindgen's glue into one classic script, puts it beside the wasm,
// writes down what both weigh and hash to, and fails above the budget. Called by scripts/build.

import { createHash } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import vm from "node:vm";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import * as esbuild from "esbuild";

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), "..");
const { values: args } = parseArgs({
  options: {
    version: { type: "string" },
    glue: { type: "string" },
    wasm: { type: "string" },
    twin: { type: "string" },
    out: { type: "string" },
  },
});

// The oldest engines with what the library cannot do without: AudioWorklet, wasm's bulk memory.
const target = ["es2020", "safari15"];
const integrityOf = (bytes) => `sha384-${createHash("sha384").update(bytes).digest("base64")}`;

const shim = (file) => path.join(root, "js-shim", file);

async function bundle(entry, options) {
  const result = await esbuild.build({
    entryPoints: [shim(entry)],
    absWorkingDir: root,
    bundle: true,
    minify: true,
    format: "esm",
    target,
    ...options,
    legalComments: "none",
    write: false,
    logLevel: "warning",
  });
  const body = result.outputFiles[0].text.trim();
  const leftOver = body.match(/\b__[A-Z]+_[A-Z_]*__\b/);
  if (leftOver) throw new Error(`${leftOver[0]} is no build-time constant`);
  if (/\bimport\s*\.\s*meta\b/.test(body)) {
    throw new Error("the bundle uses import.meta: call the glue's initSync, not its default export");
  }
  // One named function: each realm can be handed the whole script as `vocadesk.toString()`.
  const script = `(function vocadesk(){"use strict";${body}})()\n`;
  // Parses as a classic script, so no import or export statement was left in it.
  new vm.Script(script, { filename: entry });
  return Buffer.from(script);
}

function report(files, budget) {
  let withinBudget = true;
  const total = { raw: 0, gzip: 0, brotli: 0 };
  const row = (...cells) =>
    console.log(cells.map((cell, i) => (i ? String(cell).padStart(9) : cell.padEnd(18))).join(""));
  row("", "raw", "gzip", "brotli", "budget");
  for (const [name, bytes] of Object.entries(files)) {
    const size = {
      raw: bytes.length,
      gzip: gzipSync(bytes, { level: 9 }).length,
      brotli: brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length,
    };
    for (const key of Object.keys(total)) total[key] += size[key];
    const over = !(size.brotli <= budget[name]);
    if (over) withinBudget = false;
    row(name, size.raw, size.gzip, size.brotli, `${budget[name]}${over ? "  OVER" : ""}`);
  }
  row("total", total.raw, total.gzip, total.brotli, "");
  return withinBudget;
}

const wasm = await readFile(args.wasm);
const withoutWasm = await bundle("no-wasm.js", {
  alias: {
    "wasm-glue": path.resolve(args.twin, "vocadesk_embed.js"),
    "wasm-twin": path.resolve(args.twin, "twin.js"),
  },
  inject: [shim("without-wasm.js")],
});
const script = await bundle("loader.js", {
  alias: { "wasm-glue": path.resolve(args.glue) },
  define: {
    __VERSION__: JSON.stringify(args.version),
    __WASM_INTEGRITY__: JSON.stringify(integrityOf(wasm)),
    __NOWASM_INTEGRITY__: JSON.stringify(integrityOf(withoutWasm)),
  },
});

const files = {
  "vocadesk.min.js": script,
  "vocadesk.wasm": wasm,
  "vocadesk.nowasm.min.js": withoutWasm,
};
const integrity = {};
for (const [name, bytes] of Object.entries(files)) {
  integrity[name] = { bytes: bytes.length, integrity: integrityOf(bytes) };
}
await rm(args.out, { recursive: true, force: true });
await mkdir(args.out, { recursive: true });
for (const [name, bytes] of Object.entries(files)) await writeFile(path.join(args.out, name), bytes);
await writeFile(path.join(args.out, "integrity.json"), `${JSON.stringify(integrity, null, 2)}\n`);

const budget = JSON.parse(await readFile(path.join(root, "scripts", "budget.json"), "utf8"));
console.log(args.out);
if (!report(files, budget)) {
  console.error("build: over the budget of scripts/budget.json (brotli bytes)");
  process.exit(1);
}
