// Bundles one classic script of the release, with its source map.

import path from "node:path";
import { fileURLToPath } from "node:url";
import vm from "node:vm";
import * as esbuild from "esbuild";

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), "..");

// The oldest engines with what the library cannot do without: AudioWorklet, wasm's bulk memory.
const target = ["es2021", "safari15"];
// One named function: each realm can be handed the whole script as `vocadesk.toString()`, and the page can run it afresh
// with a `handover` (js-shim/realms.js).
const opening = '(function vocadesk(handover){"use strict";';

/**
 * `file` is its name in the release, `entry` its first source; `sources` are the folders that may be in it, each with
 * its name in the source map. All else is esbuild's. Gives `script`, bytes, and `map`, text.
 */
export async function bundleScript({ file, entry, sources, ...options }) {
  const result = await esbuild.build({
    entryPoints: [entry],
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
  return { script: Buffer.from(script), map: sourceMap(file, JSON.parse(map), sources) };
}

// The bundler's own map, behind what we have put in front of its output, and without this machine's paths.
function sourceMap(file, map, folders) {
  map.sources = map.sources.map((source) => {
    const folder = Object.keys(folders).find((folder) => source.startsWith(folder));
    if (!folder) throw new Error(`${source} in the source map is no file of ours`);
    return folders[folder] + source.slice(folder.length);
  });
  const sections = [{ offset: { line: 0, column: opening.length }, map }];
  return JSON.stringify({ version: 3, file, sections });
}
