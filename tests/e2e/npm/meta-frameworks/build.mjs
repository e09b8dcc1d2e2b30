// Builds one shop of this folder as its owner would, for production: with the release's npm package, by the framework's own
// command. The frameworks are those of this folder's lock file: `scripts/setup test` installs them.
// node build.mjs TARBALL OUT_FOLDER NAME   OUT_FOLDER/NAME is the shop, built.

import { execFile } from "node:child_process";
import { cp, copyFile, mkdir, rm, symlink } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

// In each: where its sources are, what it has of the shops beside this folder, the command, what is set for it, and whether a
// server of its own is the host of its pages.
const SHOPS = {
  "next-server": { from: "next", has: "react/Home.jsx", command: ["next", "build"], isHost: true },
  "next-static": { from: "next", has: "react/Home.jsx", command: ["next", "build"], env: { SHOP_IS_STATIC: "1" } },
  "nuxt-server": { from: "nuxt", has: "vue/Home.vue", command: ["nuxt", "build"], isHost: true },
  "nuxt-static": { from: "nuxt", has: "vue/Home.vue", command: ["nuxt", "generate"], env: { SHOP_IS_STATIC: "1" } },
  astro: { from: "astro", has: "react/Home.jsx", command: ["astro", "build"] },
};

// Nobody is told of these builds, nothing is asked of a registry.
const QUIET = {
  ...{ NEXT_TELEMETRY_DISABLED: "1", NUXT_TELEMETRY_DISABLED: "1", ASTRO_TELEMETRY_DISABLED: "1" },
  ...{ NEXT_IGNORE_INCORRECT_LOCKFILE: "1", CI: "1" },
};

const here = path.dirname(fileURLToPath(import.meta.url));
const [tarball, out] = process.argv.slice(2, 4).map((file) => path.resolve(file));
const name = process.argv[4];
const { from, has, command, env, isHost } = SHOPS[name];
const run = promisify(execFile);

const root = path.join(out, name);
await rm(root, { recursive: true, force: true });
await cp(path.join(here, from), root, { recursive: true });
await copyFile(path.join(here, "..", has), path.join(root, path.basename(has)));
await copyFile(tarball, path.join(root, "vocadesk-embed.tgz"));
if (isHost) {
  await mkdir(path.join(root, "public/harness"), { recursive: true });
  await copyFile(path.join(here, "../../../support/tap.js"), path.join(root, "public/harness/tap.js"));
}

// The shop finds the frameworks above it, as in a monorepo.
const frameworks = path.join(out, "node_modules");
await rm(frameworks, { force: true });
await symlink(path.join(here, "node_modules"), frameworks);

const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"];
await run("npm", ["install", "--offline", ...quiet], { cwd: root });
const [program, ...args] = command;
const environment = { ...process.env, NODE_ENV: "production", ...QUIET, ...env };
await run(path.join(frameworks, ".bin", program), args, { cwd: root, env: environment }).catch(({ stdout, stderr }) => {
  console.error(stdout, stderr);
  process.exit(1);
});
