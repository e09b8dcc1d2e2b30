// Builds the shops of this folder as their owners would: each installs the release's npm package, and is built by Vite, SvelteKit
// or esbuild. React and Vue are rendered by a server of theirs, SvelteKit renders its pages ahead.
// node build.mjs TARBALL OUT_FOLDER   Of each, OUT_FOLDER/NAME/site is what a static host would serve.

import { execFile } from "node:child_process";
import { cp, copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build as bundle } from "esbuild";
import { build } from "vite";
import { npmPackage } from "../../../scripts/packing/npm.mjs";
import { choicesOf } from "../../gateway/demo/playground/choices.js";
import { filesOf } from "../../gateway/demo/playground/frameworks.js";

// The frameworks' development builds, which warn, and in which React's StrictMode mounts twice.
process.env.NODE_ENV = "development";

const here = path.dirname(fileURLToPath(import.meta.url));
const [tarball, out] = process.argv.slice(2).map((file) => path.resolve(file));
const run = promisify(execFile);

await rm(out, { recursive: true, force: true });
await cp(here, out, { recursive: true });
await copyFile(tarball, path.join(out, "vocadesk-embed.tgz"));

async function install(name) {
  const cwd = path.join(out, name);
  const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"];
  await run("npm", ["install", "--offline", ...quiet], { cwd });
  return cwd;
}

// What the site fills in later.
const SETTINGS = { src: "{{SCRIPT_URL}}", apiUrl: "{{API_URL}}" };

async function rendered(name, server) {
  const root = await install(name);
  const site = path.join(root, "site");
  const options = { root, configFile: path.join(root, "vite.config.js"), logLevel: "warn" };
  await build({ ...options, base: `/${name}/`, build: { outDir: site } });
  await build({ ...options, build: { outDir: path.join(root, "server"), ssr: server } });
  const { render } = await import(path.join(root, "server", "server.js"));
  const file = path.join(site, "index.html");
  const html = (await readFile(file, "utf8")).replace("<!--app-->", await render(SETTINGS));
  await writeFile(file, html);
}

async function svelteKit() {
  const root = await install("svelte");
  // It takes the folder that it is called in for its own.
  await run("node", [path.join(here, "../../../node_modules/vite/bin/vite.js"), "build", "--logLevel", "warn"], {
    cwd: root,
    env: { ...process.env, NODE_ENV: "production" },
  });
  const built = path.join(root, ".svelte-kit/output");
  await cp(path.join(built, "client"), path.join(root, "site"), { recursive: true });
  await cp(path.join(built, "prerendered/pages"), path.join(root, "site"), { recursive: true });
}

async function plain() {
  const root = await install("plain");
  const other = path.join(root, "node_modules/other-version");
  await mkdir(other);
  await npmPackage({ version: "0.0.9", integrity: "sha384-none", out: other });
  await cp(path.join(other, "package"), other, { recursive: true });
  // One classic script with all in it, which a page may have inline.
  await bundle({ absWorkingDir: root, entryPoints: ["main.js"], outfile: "site/main.js", bundle: true, minify: true });
}

// The documentation's own code: one block for each framework, and one that imports the package without any.
async function documented() {
  const root = await install("documented");
  const text = await readFile(path.join(here, "../../../docs/embedding.md"), "utf8");
  const blocks = [...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language, code]) => ({ language, code }));
  for (const { language, code } of blocks.filter(({ code }) => code.includes('from "@vocadesk/embed'))) {
    await writeFile(path.join(root, `block.${language}`), code, { flag: "wx" });
  }
  const configFile = path.join(root, "vite.config.js");
  await build({ root, configFile, logLevel: "error", build: { outDir: path.join(root, "site") } });
}

// The demo's playground writes the code of what is chosen there: of each kind of host, and of a text that no template may take for
// code of its own.
async function playground() {
  const root = await install("playground");
  const site = { script: SETTINGS.src, api: SETTINGS.apiUrl, hashes: [] };
  const label = { button: "Talk to us", div: 'Talk {to} "us" & <b>more</script>', element: 'Talk {to} "us" & <b>more</script>' };
  for (const kind of Object.keys(label)) {
    await mkdir(path.join(root, kind));
    for (const code of ["react", "vue", "svelte"]) {
      const choices = choicesOf({ kind, code, label: label[kind], dir: "rtl", lang: "de" });
      for (const [name, text] of Object.entries(filesOf(choices, site))) await writeFile(path.join(root, kind, name), text);
    }
  }
  const configFile = path.join(root, "vite.config.js");
  await build({ root, configFile, logLevel: "error", build: { outDir: path.join(root, "site") } });
}

await Promise.all([documented(), playground(), rendered("react", "server.jsx"), rendered("vue", "server.js"), svelteKit(), plain()]);
