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
    onLoad({ filter }, async ({ path, suffix }) => {
      const contents = toJs(await readFile(path, "utf8"), path, suffix);
      return { contents };
    });
  return { name, setup };
}

const vue = sourceFiles("vue", /\.vue$/, (source, filename) => {
  const { descriptor, errors } = parse(source, { filename });
  if (errors.length) throw errors[0];
  return compileScript(descriptor, { id: "app", inlineTemplate: true }).content;
});

const svelte = sourceFiles("svelte", /\.svelte(\.js)?$/, (source, filename, suffix) => {
  const toJs = filename.endsWith(".js") ? compileModule : compile;
  const generate = suffix === "?server" ? "server" : "client";
  return toJs(source, { filename, dev: generate === "client", generate }).js.code;
});

const options = {
  absWorkingDir: here,
  entryPoints: {
    react: "react/main.jsx",
    vue: "vue/main.js",
    svelte: "svelte/main.js",
    morphs: "libraries/morphs.js",
    turbo: "libraries/turbo.js",
    carousels: "libraries/carousels.js",
    boxes: "libraries/boxes.jsx",
    "hydration-react": "hydration/react.js",
    "hydration-vue": "hydration/vue.js",
    "hydration-svelte": "hydration/svelte.js",
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
};
await build(options);

// The same by the React before.
await build({
  ...options,
  entryPoints: { "hydration-react-18": "hydration/react.js" },
  alias: { react: "react-18", "react-dom": "react-dom-18" },
});
