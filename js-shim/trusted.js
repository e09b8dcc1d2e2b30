// PAGE: where the site enforces Trusted Types, the one policy that it must allow; elsewhere the URL itself.
let policy;
try {
  policy = globalThis.trustedTypes?.createPolicy("vocadesk", { createScriptURL: (url) => url });
} catch {
  // Not allowed: what would need it is refused, and its work done otherwise.
}

/** A URL of a script of ours, for a Worker or a tag. */
export const trusted = (url) => policy?.createScriptURL(url) ?? url;
