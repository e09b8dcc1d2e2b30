// Moves a complete release to where it is served from, in one step: node publish.mjs BUILT TARGET ASIDE
//
// A release that is there already stays; other bytes under its version are refused. What scripts/build has
// left there is nobody's release, and makes room.

import { existsSync, mkdirSync, renameSync } from "node:fs";
import path from "node:path";
import { compare, report } from "./compare.mjs";

const [, , built, target, aside] = process.argv;

// Only a release has a snippet.
const isRelease = () => existsSync(path.join(target, "snippet.html"));

async function publish() {
  if (isRelease()) {
    const found = await compare(built, target);
    // To the byte: whoever has compared the published files must find the same ones tomorrow.
    const files = [...found.files, ...found.alike];
    if (!files.length) return console.log(`${target} is published already, with these very bytes`);
    report({ ...found, files, alike: [] }, target);
    throw new Error(`${target} is published with other bytes, and a version is never written over. Raise the version`);
  }
  mkdirSync(path.dirname(target), { recursive: true });
  if (existsSync(target)) renameSync(target, path.join(aside, "was"));
  renameSync(built, target);
  console.log(`${target} is published`);
}

try {
  await publish();
} catch (error) {
  // Moving a folder to another file system would be copying: it could break off half-way.
  const why = error.code === "EXDEV" ? "dist and target must be on one file system" : error.message;
  console.error(`publish: ${why}`);
  process.exitCode = 1;
}
