// PAGE: where the site enforces Trusted Types, the one policy that it must allow; elsewhere the URL itself. JavaScript: the
// script without wasm comes by it.
import { beside } from "./own-tag.js";
import { known, missing, refuses, reported } from "./policy.js";

const types = globalThis.trustedTypes;
const required = () => refuses(["require-trusted-types-for"], () => false);

/** Makes the policy, before anything needs it: a site that refuses it tells why. A name may be made only once. */
export async function makePolicy() {
  if ("types" in known) return;
  try {
    // Nobody gets anything else past the site by it: what is beside the script, and what this page made itself.
    known.types = types?.createPolicy("vocadesk", {
      createScriptURL: (url) => (url.startsWith("blob:") || url.startsWith(beside(".")) ? url : ""),
    });
  } catch {
    known.types = undefined;
    await reported(required);
  }
}

/** A URL of a script of ours, for a Worker or a tag; thrown is only where it would be refused. */
export function trusted(url) {
  if (known.types) return known.types.createScriptURL(url);
  // The site's own default policy may let it through.
  if (types && !types.defaultPolicy && required()) {
    missing.add("trusted-types vocadesk");
    throw url;
  }
  return url;
}
