// PAGE: where the site enforces Trusted Types, the one policy that it must allow; elsewhere the URL itself.
import { refuses } from "./policy.js";

const types = globalThis.trustedTypes;
let policy;
try {
  policy = types?.createPolicy("vocadesk", { createScriptURL: (url) => url });
} catch {
  // Not allowed: what would need it is refused, and its work done otherwise.
}

/** A URL of a script of ours, for a Worker or a tag; thrown is only where it would be refused. */
export function trusted(url) {
  if (policy) return policy.createScriptURL(url);
  // The site's own default policy may let it through.
  if (refuses(["require-trusted-types-for"], () => false) && !types.defaultPolicy) throw url;
  return url;
}
