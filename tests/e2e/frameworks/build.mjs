// Builds the small apps of this folder, one for each framework, the way sites build theirs: the
// frameworks' own compilers, their development builds (which warn), one script each. And libraries that change a page's
// elements, or close what is open.
// node build.mjs OUT_FOLDER
import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { compile, compileModule } from "svelte/compiler";
import { compileScript, parse } from "vue/compiler-sfc";

const here = dirname(fileURLToPath(import.meta.url));
const outdir = resolve(process.argv[2]);

function sourceFiles(name, filter, toJs) {
  const setup = ({ onLoad }) =>
    onLoad({ filter }, async ({ path }) => ({ contents: toJs(await readFile(path, "utf8"), path) }));
  return { name, setup };
}

const vue = sourceFiles("vue", /\.vue$/, (source, filename) => {
  const { descriptor, errors } = parse(source, { filename });
  if (errors.length) throw errors[0];
  return compileScript(descriptor, { id: "app", inlineTemplate: true }).content;
});

const svelte = sourceFiles("svelte", /\.svelte(\.js)?$/, (source, filename) => {
  const toJs = filename.endsWith(".js") ? compileModule : compile;
  return toJs(source, { filename, dev: true, generate: "client" }).js.code;
});

await build({
  absWorkingDir: here,
  entryPoints: {
    react: "react/main.jsx",
    vue: "vue/main.js",
    svelte: "svelte/main.js",
    morphs: "libraries/morphs.js",
    turbo: "libraries/turbo.js",
    boxes: "libraries/boxes.jsx",
  },
  outdir,
  bundle: true,
  format: "iife",
  jsx: "automatic",
  jsxDev: true,
  conditions: ["browser", "development"],
  define: {
    "process.env.NODE_ENV": '"development"',
    __VUE_OPTIONS_API__: "true",
    __VUE_PROD_DEVTOOLS__: "false",
    __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "false",
  },
  plugins: [vue, svelte],
  logLevel: "warning",
});
