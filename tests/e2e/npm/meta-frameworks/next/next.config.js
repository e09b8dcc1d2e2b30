// The same app twice: rendered by its server for each visitor, and rendered ahead into files that any host serves.
const isStatic = process.env.SHOP_IS_STATIC === "1";

export default {
  output: isStatic ? "export" : undefined,
  distDir: isStatic ? "site" : "server",
  // Else it looks for a lock file in the folders above, and takes that folder's for its own.
  outputFileTracingRoot: new URL(".", import.meta.url).pathname,
  // Would bring sharp.
  images: { unoptimized: true },
};
