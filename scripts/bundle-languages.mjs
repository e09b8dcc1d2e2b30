// Writes a file for each language of our texts but English, and prints their hashes, which the wasm will carry:
// node scripts/bundle-languages.mjs --out FOLDER   Called by scripts/build.

import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { integrityOf } from "./packing/integrity.mjs";
import { LANGUAGES, fileOf, textsOf } from "./packing/languages.mjs";

const { values: args } = parseArgs({ options: { out: { type: "string" } } });

// As a script it leaves its texts on its own tag, whatever element the page has by the name `currentScript`; whoever fetches it
// reads what follows. So the same bytes, and the same hash, come by either way.
const LEAVES = 'Object.getOwnPropertyDescriptor(Document.prototype,"currentScript").get.call(document).open=';

function directionOf(tag) {
  const locale = new Intl.Locale(tag);
  return (locale.getTextInfo?.() ?? locale.textInfo).direction;
}

await rm(args.out, { recursive: true, force: true });
await mkdir(args.out, { recursive: true });
const hashes = [];
for (const tag of LANGUAGES) {
  const script = `${LEAVES}${JSON.stringify({ lang: tag, dir: directionOf(tag), texts: textsOf(tag) })}\n`;
  await writeFile(path.join(args.out, fileOf(tag)), script);
  hashes.push(`${tag}=${integrityOf(script)}`);
}
console.log(hashes.join(" "));
