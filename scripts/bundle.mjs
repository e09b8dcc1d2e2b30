// Bundles js-shim/loader.js with wasm-bindgen's glue into one classic script, puts it beside the wasm,
// writes down what both weigh and hash to, and fails above the budget. Called by scripts/build.

import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import vm from "node:vm";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import * as esbuild from "esbuild";
import { integrityOf, table } from "./packing/integrity.mjs";

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
const target = ["es2021", "safari15"];
// One named function: each realm can be handed the whole script as `vocadesk.toString()`.
const opening = '(function vocadesk(){"use strict";';

const shim = (file) => path.join(root, "js-shim", file);

async function bundle(file, entry, options) {
  const result = await esbuild.build({
    entryPoints: [shim(entry)],
    absWorkingDir: root,
    outfile: path.join(root, file), // not written; the source map's paths start beside it
    bundle: true,
    minify: true,
    format: "esm",
    target,
    ...options,
    legalComments: "none",
    sourcemap: "external",
    write: false,
    logLevel: "warning",
  });
  const [map, body] = result.outputFiles.map((output) => output.text.trim());
  const leftOver = body.match(/\b__[A-Z]+_[A-Z_]*__\b/);
  if (leftOver) throw new Error(`${leftOver[0]} is no build-time constant`);
  if (/\bimport\s*\.\s*meta\b/.test(body)) {
    throw new Error("the bundle uses import.meta: call the glue's initSync, not its default export");
  }
  const script = `${opening}${body}})()\n`;
  // Parses as a classic script, so no import or export statement was left in it.
  new vm.Script(script, { filename: entry });
  maps[`${file}.map`] = sourceMap(file, JSON.parse(map));
  return Buffer.from(script);
}

// The bundler's own map, behind what we have put in front of its output, and without this machine's paths.
function sourceMap(file, map) {
  const within = (folder) => `${path.relative(root, path.resolve(folder))}/`;
  const [glue, twin] = [within(path.dirname(args.glue)), within(args.twin)];
  map.sources = map.sources.map((source) => source.replace(glue, "wasm-glue/").replace(twin, "wasm-twin/"));
  const stray = map.sources.find((source) => !/^(js-shim|wasm-glue|wasm-twin)\//.test(source));
  if (stray) throw new Error(`${stray} in the source map is no file of ours`);
  const sections = [{ offset: { line: 0, column: opening.length }, map }];
  return JSON.stringify({ version: 3, file, sections });
}

// A release is never written over: whoever has pinned its hash would get files that fail it.
async function isReleased(files) {
  const there = await readFile(path.join(args.out, "integrity.json"), "utf8").catch(() => "{}");
  const { commit, files: before } = JSON.parse(there);
  if (!commit) return false;
  for (const [name, bytes] of Object.entries(files)) {
    if (before[name].integrity === integrityOf(bytes)) continue;
    throw new Error(
      `${args.out} is the release of ${commit}, and ${name} would change\n  from ${before[name].integrity}\n` +
        `  to   ${integrityOf(bytes)}\nRaise the version in Cargo.toml, or build elsewhere (--out FOLDER).`,
    );
  }
  return true;
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

const maps = {};
const wasm = await readFile(args.wasm);
const withoutWasm = await bundle("vocadesk.nowasm.min.js", "no-wasm.js", {
  alias: {
    "wasm-glue": path.resolve(args.twin, "vocadesk_embed.js"),
    "wasm-twin": path.resolve(args.twin, "twin.js"),
  },
  inject: [shim("without-wasm.js")],
});
const script = await bundle("vocadesk.min.js", "loader.js", {
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
if (!(await isReleased(files))) {
  await rm(args.out, { recursive: true, force: true });
  await mkdir(args.out, { recursive: true });
  for (const [name, bytes] of Object.entries({ ...files, ...maps })) await writeFile(path.join(args.out, name), bytes);
  const integrity = { version: args.version, files: table(files) };
  await writeFile(path.join(args.out, "integrity.json"), `${JSON.stringify(integrity, null, 2)}\n`);
}

const budget = JSON.parse(await readFile(path.join(root, "scripts", "budget.json"), "utf8"));
console.log(args.out);
if (!report(files, budget)) {
  console.error("build: over the budget of scripts/budget.json (brotli bytes)");
  process.exit(1);
}
