// Compares two copies of a release, file by file: node compare.mjs BUILT FOLDER_OR_URL   Exit code 1: they differ.

import { readFile, readdir } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { integrityOf } from "./integrity.mjs";

const NONE = "no such file";
const COMPRESSED = /\.(br|gz|tgz)$/;
const isUrl = (where) => /^https?:/.test(where);

// How a host serves the files, which not every host gives away.
const forTheHost = (name) => /\.(br|gz)$/.test(name) || name === "_headers" || name === "nginx.conf";

/** The bytes of a file of a folder or a URL; `undefined` where there is none. */
async function read(where, name) {
  if (!isUrl(where)) return readFile(path.join(where, name)).catch(() => undefined);
  const answer = await fetch(`${where.replace(/\/+$/, "")}/${name}`, { redirect: "error" });
  if (answer.status === 404) return undefined;
  if (!answer.ok) throw new Error(`${answer.url}: HTTP ${answer.status}`);
  return Buffer.from(await answer.arrayBuffer());
}

const hash = (bytes) => (bytes ? integrityOf(bytes) : NONE);
const parsed = (bytes) => (bytes ? JSON.parse(bytes) : {});

// What is in a file, whichever Node compressed it, and whichever tools say that they made it.
function content(name, bytes) {
  if (name.endsWith(".br")) return hash(brotliDecompressSync(bytes));
  if (/\.t?gz$/.test(name)) return hash(gunzipSync(bytes));
  if (name !== "integrity.json") return hash(bytes);
  const { toolchain, files, ...rest } = JSON.parse(bytes);
  const entries = Object.entries(files).map(([file, said]) => (COMPRESSED.test(file) ? file : [file, said]));
  return JSON.stringify([rest, entries]);
}

function sameContent(name, here, there) {
  try {
    return content(name, here) === content(name, there);
  } catch {
    return false;
  }
}

/**
 * Reads every file of both copies. `files` are those that differ, `alike` those of other bytes with the same
 * content, each as `{ name, built, there }` with both hashes; `tools` are those that differ.
 */
export async function compare(built, where) {
  const [ours, theirs] = [parsed(await read(built, "integrity.json")), parsed(await read(where, "integrity.json"))];
  // What the other copy says of itself is not believed: it only names files, and every one is read.
  const names = new Set([...(await readdir(built)), ...Object.keys(theirs.files ?? {})]);
  if (!isUrl(where)) for (const name of await readdir(where).catch(() => [])) names.add(name);
  const compared = [...names].filter((name) => !isUrl(where) || !forTheHost(name)).sort();
  const [files, alike] = [[], []];
  for (const name of compared) {
    const [here, there] = await Promise.all([read(built, name), read(where, name)]);
    if (hash(here) === hash(there)) continue;
    const list = here && there && sameContent(name, here, there) ? alike : files;
    list.push({ name, built: hash(here), there: hash(there) });
  }
  const tools = Object.entries(theirs.toolchain ?? {}).filter(([tool, version]) => ours.toolchain?.[tool] !== version);
  const tool = ([tool, there]) => ({ tool, there, built: ours.toolchain?.[tool] });
  return { count: compared.length, files, alike, tools: tools.map(tool) };
}

/** Says what differs, for people. */
export function report({ count, files, alike, tools }, where) {
  for (const { tool, built, there } of tools) {
    console.log(`${tool}: ${where} was made with ${there}, and here is ${built ?? "none"}`);
  }
  for (const { name } of alike) console.log(`${name}: other bytes, the same content`);
  for (const { name, built, there } of files) {
    console.log(`${name}\n  built here  ${built}\n  ${where}  ${there}`);
  }
  console.log(`${count - files.length} of ${count} files are the same`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , built, where] = process.argv;
  const found = await compare(built, where);
  report(found, where);
  console.log(`vocadesk.min.js as built here: ${hash(await read(built, "vocadesk.min.js"))}`);
  process.exitCode = found.files.length ? 1 : 0;
}
