// Looks into the folder of a release: node inspect.mjs FOLDER   Throws at the first thing that is not right.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { SourceMap } from "node:module";
import { homedir, tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import vm from "node:vm";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { LANGUAGE_FILES } from "../../scripts/packing/languages.mjs";

const folder = process.argv[2];
const read = (name) => readFileSync(path.join(folder, name));
const json = (name) => JSON.parse(read(name));
const integrityOf = (bytes) => `sha384-${createHash("sha384").update(bytes).digest("base64")}`;

// integrity.json knows every file but itself.
const { files, version, commit, toolchain } = json("integrity.json");
const names = readdirSync(folder).filter((name) => name !== "integrity.json");
assert.deepEqual(Object.keys(files), names.sort());
for (const name of names) {
  assert.deepEqual(files[name], { bytes: read(name).length, integrity: integrityOf(read(name)) }, name);
}
assert.match(commit, /^[0-9a-f]{40}$/);
for (const tool of ["rustc", "wasm-bindgen", "binaryen", "esbuild", "node"]) assert.match(toolchain[tool], /^\d+\./);

const languages = names.filter((name) => /^vocadesk\.lang-.*\.js$/.test(name));
assert.deepEqual(languages, LANGUAGE_FILES);

// Compressed copies are copies.
const served = ["min.js", "call-bar.min.js", "nowasm.min.js", "wasm", "min.js.map", "call-bar.min.js.map", "d.ts"];
for (const name of [...served.map((rest) => `vocadesk.${rest}`), ...languages]) {
  assert.deepEqual(gunzipSync(read(`${name}.gz`)), read(name));
  assert.deepEqual(brotliDecompressSync(read(`${name}.br`)), read(name));
}

// The chain: the snippet's hash is the script's, the script's are the wasm's and its twin's, theirs are the bar's and the languages'.
const script = read("vocadesk.min.js").toString();
const snippet = read("snippet.html").toString();
assert.ok(snippet.includes(`integrity="${integrityOf(script)}" crossorigin="anonymous" defer`), snippet);
assert.ok(snippet.includes(`/embed/v${version}/vocadesk.min.js"`), snippet);
for (const name of ["vocadesk.wasm", "vocadesk.nowasm.min.js"]) assert.ok(script.includes(integrityOf(read(name))), name);
for (const name of ["vocadesk.call-bar.min.js", ...languages]) {
  assert.ok(read("vocadesk.wasm").includes(integrityOf(read(name))), `the hash of ${name}`);
}

// The npm package is this release's: its version, the script's address and hash, and the types that hosts get.
const tarball = gunzipSync(read(`vocadesk-embed-${version}.tgz`)).toString();
for (const text of [
  `"name": "@vocadesk/embed",\n  "version": "${version}"`,
  `src = "https://cdn.vocadesk.com/embed/v${version}/vocadesk.min.js"`,
  `integrity = "${integrityOf(script)}"`,
  read("vocadesk.d.ts").toString(),
]) {
  assert.ok(tarball.includes(text), `not in the npm package: ${text.slice(0, 99)}`);
}
for (const place of [homedir(), tmpdir()]) assert.ok(!tarball.includes(`${place}/`), place);

// A server that reads the script is none the wiser: as a module, and where there is next to nothing.
const before = Object.keys(globalThis);
await import(pathToFileURL(path.resolve(folder, "vocadesk.min.js")));
assert.deepEqual(Object.keys(globalThis), before);
const little = vm.createContext({ TextDecoder, TextEncoder });
vm.runInContext(script, little);
assert.deepEqual(Object.keys(little), ["TextDecoder", "TextEncoder"]);

// The source map leads from words of the script to the words in the sources.
const payload = json("vocadesk.min.js.map");
const [section] = payload.sections;
const map = new SourceMap(section.map);
const lines = script.split("\n");
for (const [words, source] of [
  ["AudioWorkletProcessor", "js-shim/audio-worklet.js"],
  ["WebAssembly.compileStreaming", "js-shim/module.js"],
  ["window.Vocadesk=", "js-shim/loader.js"],
]) {
  const line = lines.findIndex((text) => text.includes(words));
  const column = lines[line].indexOf(words) - (line === 0 ? section.offset.column : 0);
  const found = map.findEntry(line, column);
  assert.equal(found.originalSource, source, words);
  const text = section.map.sourcesContent[section.map.sources.indexOf(source)].split("\n")[found.originalLine];
  assert.ok(text.slice(found.originalColumn).startsWith(words.slice(0, 6)), `${words}: ${text}`);
}

// The bill of materials names what is compiled in, each once, with its licence, and the very files.
const bill = json("sbom.cdx.json");
assert.equal(bill.bomFormat, "CycloneDX");
const refs = bill.components.map((component) => component["bom-ref"]);
assert.equal(new Set(refs).size, refs.length);
assert.deepEqual(bill.dependencies[0].dependsOn, refs);
for (const name of ["core", "std", "js-sys", "rlsf", "wasm-bindgen", "web-sys"]) {
  assert.ok(bill.components.some((component) => component.name === name), name);
}
const notices = read("THIRD-PARTY-NOTICES").toString();
for (const { name, version, licenses, purl, hashes } of bill.components) {
  assert.ok(notices.includes(`${name} ${version} (${licenses[0].expression})`), name);
  // What came from a registry by our own lock file; std has a lock file of its own.
  assert.ok(!purl || !["rlsf", "js-sys"].includes(name) || hashes[0].content.length === 64, name);
}
const wasm = bill.metadata.component.components.find((file) => file.name === "vocadesk.wasm");
assert.equal(wasm.hashes[0].content, createHash("sha384").update(read("vocadesk.wasm")).digest("hex"));
assert.equal(bill.metadata.component.version, version);

// And is CycloneDX by its own strict schema, which knows the licences of SPDX too.
const { Spec, Validation } = await import("@cyclonedx/cyclonedx-library");
const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
const faults = await validator.validate(read("sbom.cdx.json").toString());
assert.equal(faults, null, JSON.stringify(faults));
