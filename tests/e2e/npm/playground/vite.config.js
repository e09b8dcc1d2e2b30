import { svelte } from "@sveltejs/vite-plugin-svelte";
import vue from "@vitejs/plugin-vue";

export default {
  // As the playground's code for Vue says.
  plugins: [vue({ template: { compilerOptions: { isCustomElement: (tag) => tag === "vocadesk-call" } } }), svelte()],
  esbuild: { jsx: "automatic" },
  base: "/written/",
  build: { target: "esnext", rollupOptions: { input: new URL("main.js", import.meta.url).pathname, output: { entryFileNames: "main.js" } } },
};
