import { svelte } from "@sveltejs/vite-plugin-svelte";
import vue from "@vitejs/plugin-vue";

export default {
  plugins: [vue(), svelte()],
  esbuild: { jsx: "automatic" },
  base: "/documented/",
  build: { target: "esnext", rollupOptions: { input: new URL("main.js", import.meta.url).pathname, output: { entryFileNames: "main.js" } } },
};
