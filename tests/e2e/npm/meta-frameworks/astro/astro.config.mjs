import react from "@astrojs/react";

export default {
  integrations: [react()],
  outDir: "site",
  // about.html, not about/index.html.
  build: { format: "file" },
  // Would bring sharp.
  image: { service: { entrypoint: "astro/assets/services/noop" } },
  // It would know that from the shop's package.json, where the frameworks above it are not named.
  vite: { ssr: { noExternal: ["@astrojs/react"] } },
  devToolbar: { enabled: false },
};
