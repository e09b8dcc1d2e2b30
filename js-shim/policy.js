// PAGE: what the site's Content-Security-Policy refuses, as far as the browser has told. With the first thing that
// it refuses it tells the whole policy: what else that would refuse is not tried, and the site's reports stay quiet.
// The second script goes on from what the first was told.
import { tag, url } from "./own-tag.js";

export const violations = tag?.violations ?? [];
globalThis.document?.addEventListener(
  "securitypolicyviolation",
  // A policy that only reports refuses nothing.
  (event) => event.disposition === "enforce" && violations.push(event),
  true,
);

// Where a policy says what may run, and what may run by a tag or in a worklet.
export const SCRIPTS = ["script-src", "default-src"];
export const ELEMENTS = ["script-src-elem", ...SCRIPTS];

/** Lets in what comes from where this script did: any source will do that is no keyword, nonce or hash. */
export const HOST = (source) => source[0] !== "'" || (source === "'self'" && url.startsWith(origin));

/** Whether a fetch of this URL was refused. */
export const refusedFetch = (url) =>
  violations.some(({ effectiveDirective, blockedURI }) => effectiveDirective === "connect-src" && url.startsWith(blockedURI));

/** Whether a policy has one of these directives, and the first of them has no source that `lets` us in. */
export const refuses = (directives, lets) =>
  violations.some(({ originalPolicy }) => {
    const lists = originalPolicy.split(";").map((directive) => directive.match(/\S+/g) ?? []);
    const [list] = directives.flatMap((name) => lists.filter(([first]) => first === name));
    return list && !list.slice(1).some(lets);
  });

/** The browser tells of its reason after the fact. */
export const told = () => new Promise((later) => setTimeout(later));
