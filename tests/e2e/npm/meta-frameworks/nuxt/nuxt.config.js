// The same app twice: rendered by its server for each visitor, and rendered ahead into files that any host serves.
const isStatic = process.env.SHOP_IS_STATIC === "1";

export default {
  compatibilityDate: "2025-06-01",
  // What the server is started with; what a host of files fills in.
  runtimeConfig: { public: { settings: { src: "{{SCRIPT_URL}}", apiUrl: "{{API_URL}}" } } },
  nitro: {
    // The server puts the variables of its environment in their place.
    experimental: { envExpansion: true },
    output: isStatic ? { publicDir: "site" } : {},
    // about.html, not about/index.html.
    prerender: { autoSubfolderIndex: false },
  },
  app: {
    head: {
      htmlAttrs: { lang: "en" },
      title: "A shop in Nuxt",
      link: [{ rel: "icon", href: "data:," }],
      script: [{ src: "/harness/tap.js" }],
    },
  },
  // Else it looks for a lock file in the folders above, and takes that folder's for its own.
  workspaceDir: ".",
  telemetry: false,
  devtools: { enabled: false },
};
