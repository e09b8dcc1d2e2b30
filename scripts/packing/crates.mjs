// Which crates are in the wasm: those that cargo says it compiled for it, the standard library's among them.

import { readdir, readFile } from "node:fs/promises";
import path from "node:path";

const byName = (a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.version < b.version ? -1 : 1);

/**
 * Reads cargo's messages and the manifests that they name. `{ name, version, license, folder,
 * registry, checksum }` of each crate but our own, by name; a crate of Rust's has the version of `rust`.
 */
export async function shippedCrates(artifacts, lockFile, rust) {
  const checksums = checksumsOf(await readFile(lockFile, "utf8"));
  const crates = new Map();
  for (const line of (await readFile(artifacts, "utf8")).split("\n")) {
    if (!line.startsWith("{")) continue;
    const message = JSON.parse(line);
    if (message.reason !== "compiler-artifact" || !isInWasm(message)) continue;
    const folder = path.dirname(message.manifest_path);
    if (!crates.has(folder)) crates.set(folder, await crate(message, folder, rust, checksums));
  }
  const shipped = [...crates.values()].filter(({ name }) => name !== "vocadesk-embed").sort(byName);
  if (!shipped.some(({ name }) => name === "wasm-bindgen")) throw new Error(`${artifacts} names no crates`);
  return shipped;
}

// Build scripts and procedural macros run on this machine and stay here.
const isInWasm = ({ filenames, target }) =>
  !target.kind.includes("custom-build") && filenames.some((file) => file.includes("/wasm32-unknown-unknown/"));

async function crate(message, folder, rust, checksums) {
  const manifest = await readFile(message.manifest_path, "utf8");
  const section = manifest.match(/^\[package\]$([^]*?)(?=^\[|$(?![^]))/m)?.[1] ?? "";
  const text = (key) => section.match(new RegExp(`^${key} *= *["'](.*)["']`, "m"))?.[1];
  const registry = message.package_id.startsWith("registry+");
  const name = text("name");
  // Rust's own say neither which Rust they are of, nor always the licence that is the whole library's.
  const version = registry ? text("version") : rust;
  const license = text("license")?.replaceAll(/ *\/ */g, " OR ") ?? (registry ? undefined : "MIT OR Apache-2.0");
  if (!name || !version || !license) throw new Error(`no name, version or licence in ${message.manifest_path}`);
  return { name, version, license, folder, registry, checksum: checksums.get(`${name} ${version}`) };
}

function checksumsOf(lock) {
  const found = new Map();
  for (const entry of lock.split("[[package]]")) {
    const text = (key) => entry.match(new RegExp(`^${key} = "(.*)"`, "m"))?.[1];
    found.set(`${text("name")} ${text("version")}`, text("checksum"));
  }
  return found;
}

/** The texts of a crate's own licence files: MIT's alone where that is enough, else all of them. */
export async function licenceTexts({ folder, license }) {
  const files = (await readdir(folder)).filter((file) => /^(licen[cs]e|copying|unlicense|notice)/i.test(file));
  const mit = files.filter((file) => /mit/i.test(file) && !license.includes(" AND "));
  const chosen = (mit.length ? mit : files).sort();
  return Promise.all(chosen.map(async (file) => (await readFile(path.join(folder, file), "utf8")).trim()));
}
