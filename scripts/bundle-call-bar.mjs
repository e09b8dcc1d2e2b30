// Bundles the call bar and its stylesheet, and prints the script's hash, which the wasm will carry:
// node scripts/bundle-call-bar.mjs --css FILE --out FOLDER   Called by scripts/build.

import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { bundleScript } from "./bundle-script.mjs";
import { integrityOf } from "./packing/integrity.mjs";

const { values: args } = parseArgs({ options: { css: { type: "string" }, out: { type: "string" } } });
const file = "vocadesk.call-bar.min.js";

const css = path.resolve(args.css);
const { script, map } = await bundleScript({
  file,
  entry: "js-shim/call-bar/entry.js",
  sources: { "js-shim/": "js-shim/", "src/page/labels/": "labels/", [`${path.relative(process.cwd(), path.dirname(css))}/`]: "css/" },
  alias: { "call-bar.css": css },
  loader: { ".css": "text" },
});
await mkdir(args.out, { recursive: true });
await writeFile(path.join(args.out, file), script);
await writeFile(path.join(args.out, `${file}.map`), map);
console.log(integrityOf(script));
