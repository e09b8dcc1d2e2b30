// Completes the folder of a release in which scripts/build has left script, wasm and source map:
// node scripts/packing/main.mjs --version X.Y.Z --commit HASH --out FOLDER   Called by scripts/pack.
//
// VOCADESK_RUSTC names the compiler that made them; nothing here looks at the clock.

import { execFileSync } from "node:child_process";
import { copyFile, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { shippedCrates } from "./crates.mjs";
import { SERVED, headersFile, nginxConfiguration } from "./hosting.mjs";
import { table } from "./integrity.mjs";
import { LANGUAGE_FILES } from "./languages.mjs";
import { notices } from "./notices.mjs";
import { npmPackage, tarballName } from "./npm.mjs";
import { sbom } from "./sbom.mjs";
import { snippet } from "./snippet.mjs";

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), "../..");
const { values: args } = parseArgs({
  options: { version: { type: "string" }, commit: { type: "string" }, out: { type: "string" } },
});
const { version, commit } = args;
const inOut = (name) => path.join(args.out, name);
const inRoot = (name) => readFile(path.join(root, name), "utf8");
const json = (value) => `${JSON.stringify(value, null, 2)}\n`;

const said = (program, ...words) => execFileSync(program, words, { encoding: "utf8" }).trim();
const npmVersion = async (name) => JSON.parse(await inRoot(`node_modules/${name}/package.json`)).version;

// Whoever rebuilds the release needs these. Node and its own zlib and brotli decide over .gz and .br alone.
const verbose = said(process.env.VOCADESK_RUSTC, "--version", "--verbose");
const rustc = verbose.split("\n")[0].replace("rustc ", "");
const rust = rustc.split(" ")[0];
const crates = await shippedCrates(path.join(root, "target/wasm/artifacts.json"), path.join(root, "Cargo.lock"), rust);
const toolchain = {
  rustc,
  llvm: verbose.match(/LLVM version: (.*)/)?.[1],
  "rust-std": process.env.VOCADESK_BUILD_STD === "1" ? "built from source" : "prebuilt",
  // The tool has the crate's version: the lock file holds one for both.
  "wasm-bindgen": crates.find(({ name }) => name === "wasm-bindgen").version,
  binaryen: await npmVersion("binaryen"),
  esbuild: await npmVersion("esbuild"),
  node: process.versions.node,
  zlib: process.versions.zlib,
  brotli: process.versions.brotli,
};

await copyFile(path.join(root, "js-shim/vocadesk.d.ts"), inOut("vocadesk.d.ts"));
for (const name of Object.keys(SERVED)) {
  const bytes = await readFile(inOut(name));
  await writeFile(inOut(`${name}.gz`), gzipSync(bytes, { level: 9 }));
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  await writeFile(inOut(`${name}.br`), brotliCompressSync(bytes, { params }));
}

const shipped = {};
const RUNS = ["vocadesk.min.js", "vocadesk.call-bar.min.js", "vocadesk.nowasm.min.js", "vocadesk.wasm", ...LANGUAGE_FILES];
for (const name of RUNS) {
  shipped[name] = await readFile(inOut(name));
}
const files = table(shipped);
await writeFile(inOut("THIRD-PARTY-NOTICES"), await notices(crates, await inRoot("LICENSE-MIT")));
const { node, zlib, brotli, ...makers } = toolchain;
await writeFile(inOut("sbom.cdx.json"), json(sbom({ version, commit, files, crates, toolchain: makers })));
const { integrity } = files["vocadesk.min.js"];
await writeFile(inOut("snippet.html"), snippet(version, integrity));
const aside = await mkdtemp(path.join(tmpdir(), "npm-"));
await writeFile(inOut(tarballName(version)), await npmPackage({ version, integrity, out: aside }));
await rm(aside, { recursive: true });
await writeFile(inOut("_headers"), headersFile(version));
await writeFile(inOut("nginx.conf"), nginxConfiguration(version));

const everything = {};
for (const name of await readdir(args.out)) {
  if (name !== "integrity.json") everything[name] = await readFile(inOut(name));
}
await writeFile(inOut("integrity.json"), json({ version, commit, toolchain, files: table(everything) }));
