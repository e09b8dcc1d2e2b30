// Makes the npm package of a release: of js-shim/npm, and what only a release knows: its version, its address, the script's
// hash. node scripts/packing/npm.mjs --version X.Y.Z --integrity sha384-… --out FOLDER   FOLDER/package has its files as well.

import { execFileSync } from "node:child_process";
import { chmod, copyFile, mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { releaseUrl } from "./release-url.mjs";

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), "../..");
const sources = path.join(root, "js-shim/npm");

/** What is in it besides sources of its own. The types are the script's. */
const FROM_ELSEWHERE = ["js-shim/vocadesk.d.ts", "LICENSE-MIT", "LICENSE-APACHE"];

/** What the file is called: as npm itself would call it. */
export const tarballName = (version) => `vocadesk-embed-${version}.tgz`;

/** Writes the package's files to `out/package`, and gives the tarball: the same bytes wherever it is made. */
export async function npmPackage({ version, integrity, out }) {
  const folder = path.join(out, "package");
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(sources)) await copyFile(path.join(sources, name), path.join(folder, name));
  for (const file of FROM_ELSEWHERE) await copyFile(path.join(root, file), path.join(folder, path.basename(file)));
  const { name, ...manifest } = JSON.parse(await readFile(path.join(sources, "package.json"), "utf8"));
  await writeFile(path.join(folder, "package.json"), `${JSON.stringify({ name, version, ...manifest }, null, 2)}\n`);
  const constants = { version, src: `${releaseUrl(version)}vocadesk.min.js`, integrity };
  const lines = Object.entries(constants).map(([name, value]) => `export const ${name} = ${JSON.stringify(value)};\n`);
  await writeFile(path.join(folder, "release.js"), lines.join(""));
  const names = (await readdir(folder)).sort();
  for (const name of names) await chmod(path.join(folder, name), 0o644);
  // The time is the one that `npm pack` writes. That itself would make of the same files what its version does.
  const alike = ["--format=ustar", "--mtime=1985-10-26T08:15:00Z", "--owner=0", "--group=0", "--numeric-owner"];
  const files = names.map((name) => `package/${name}`);
  return gzipSync(execFileSync("tar", [...alike, "-cf", "-", ...files], { cwd: out }), { level: 9 });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values: args } = parseArgs({
    options: { version: { type: "string" }, integrity: { type: "string" }, out: { type: "string" } },
  });
  await writeFile(path.join(args.out, tarballName(args.version)), await npmPackage(args));
}
