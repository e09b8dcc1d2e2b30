// Bundles js-shim/loader.js with wasm-bindgen's glue into one classic script, puts it beside the wasm and the
// call bar, writes down what both weigh and hash to, and fails above the budget. Called by scripts/build.

import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { bundleScript } from "./bundle-script.mjs";
import { integrityOf, table } from "./packing/integrity.mjs";
import { LANGUAGE_FILES } from "./packing/languages.mjs";
import { releaseUrl } from "./packing/release-url.mjs";

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), "..");
const { values: args } = parseArgs({
  options: {
    version: { type: "string" },
    glue: { type: "string" },
    wasm: { type: "string" },
    twin: { type: "string" },
    "call-bar": { type: "string" },
    languages: { type: "string" },
    out: { type: "string" },
  },
});

const shim = (file) => path.join(root, "js-shim", file);
const within = (folder) => `${path.relative(root, path.resolve(folder))}/`;
// Where the sources are that the source maps name, and what they are called there.
const sources = {
  "js-shim/": "js-shim/",
  [within(path.dirname(args.glue))]: "wasm-glue/",
  [within(args.twin)]: "wasm-twin/",
};

async function bundle(file, entry, options) {
  const { script, map } = await bundleScript({ file, entry: shim(entry), sources, ...options });
  maps[`${file}.map`] = map;
  return script;
}

// A release is never written over: whoever has pinned its hash would get files that fail it.
async function isReleased(files) {
  const there = await readFile(path.join(args.out, "integrity.json"), "utf8").catch(() => "{}");
  const { commit, files: before } = JSON.parse(there);
  if (!commit) return false;
  for (const [name, bytes] of Object.entries(files)) {
    if (before[name]?.integrity === integrityOf(bytes)) continue;
    throw new Error(
      `${args.out} is the release of ${commit}, and ${name} would change\n  from ${before[name]?.integrity ?? "none"}\n` +
        `  to   ${integrityOf(bytes)}\nRaise the version in Cargo.toml, or build elsewhere (--out FOLDER).`,
    );
  }
  return true;
}

function report(files, budget) {
  let withinBudget = true;
  const total = { raw: 0, gzip: 0, brotli: 0 };
  const row = (...cells) =>
    console.log(cells.map((cell, i) => (i ? String(cell).padStart(9) : cell.padEnd(26))).join(""));
  row("", "raw", "gzip", "brotli", "budget");
  for (const [name, bytes] of Object.entries(files)) {
    const size = {
      raw: bytes.length,
      gzip: gzipSync(bytes, { level: 9 }).length,
      brotli: brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length,
    };
    for (const key of Object.keys(total)) total[key] += size[key];
    const most = budget[LANGUAGE_FILES.includes(name) ? "vocadesk.lang-*.js" : name];
    const over = !(size.brotli <= most);
    if (over) withinBudget = false;
    row(name, size.raw, size.gzip, size.brotli, `${most}${over ? "  OVER" : ""}`);
  }
  row("total", total.raw, total.gzip, total.brotli, "");
  return withinBudget;
}

const __RELEASE_URL__ = JSON.stringify(releaseUrl(args.version));

const maps = {};
const wasm = await readFile(args.wasm);
const withoutWasm = await bundle("vocadesk.nowasm.min.js", "no-wasm.js", {
  alias: {
    "bring-texts": shim("texts-by-tag.js"),
    "wasm-glue": path.resolve(args.twin, "vocadesk_embed.js"),
    "wasm-twin": path.resolve(args.twin, "twin.js"),
  },
  inject: [shim("without-wasm.js")],
  define: { __RELEASE_URL__ },
});
const script = await bundle("vocadesk.min.js", "loader.js", {
  alias: { "bring-texts": shim("texts-by-fetch.js"), "wasm-glue": path.resolve(args.glue) },
  inject: [shim("with-wasm.js")],
  define: {
    "WebAssembly.Instance": "Instance",
    __RELEASE_URL__,
    __VERSION__: JSON.stringify(args.version),
    __WASM_INTEGRITY__: JSON.stringify(integrityOf(wasm)),
    __NOWASM_INTEGRITY__: JSON.stringify(integrityOf(withoutWasm)),
  },
});

// These were made before the wasm, which carries their hashes.
const callBar = "vocadesk.call-bar.min.js";
maps[`${callBar}.map`] = await readFile(path.join(args["call-bar"], `${callBar}.map`));

const files = {
  "vocadesk.min.js": script,
  "vocadesk.wasm": wasm,
  "vocadesk.call-bar.min.js": await readFile(path.join(args["call-bar"], callBar)),
  "vocadesk.nowasm.min.js": withoutWasm,
};
for (const name of LANGUAGE_FILES) files[name] = await readFile(path.join(args.languages, name));
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
