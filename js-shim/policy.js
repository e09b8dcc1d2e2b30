// PAGE: what the site's Content-Security-Policy refuses, as far as the browser has told. With the first thing that
// it refuses it tells the whole policy: what else that would refuse is not tried, and the site's reports stay quiet.
// JavaScript: it decides whether there will be wasm.
import { call, own } from "./by-prototype.js";
import { tag } from "./current-script.js";
import { beside, marks, url } from "./own-tag.js";

/** What this page is known to be like. The second script, and a fresh start, go on from what was known before. */
export const known = handover?.known ?? own(tag ?? {}, "known") ?? {
  __proto__: null, // what every object of the page has is none of it
  policies: new Set(), // those that have refused anything, to whomever
  marks, // what the first script's tag says
  missing: new Set(), // what they lack for the full quality, or the browser; the page may read it
  attached: new WeakMap(), // hosts with the closed shadow root that each was given, once and for all
  leftOver: new WeakMap(), // hosts with what is to be given back to each that no copy of it shows
  dismissed: new WeakSet(), // hosts that the page has destroyed
};
export const { missing } = known;
// Not for the page: what it holds of Trusted Types is ours alone.
if (tag) delete tag.known;

/** The one file that is fetched; all others come by a tag. */
export const wasmUrl = () => beside("vocadesk.wasm");

// A fresh start has that of the first one.
const page = handover ? undefined : globalThis.document;
if (page) call(
  page,
  "addEventListener",
  "securitypolicyviolation",
  ({ disposition, effectiveDirective, blockedURI, originalPolicy }) => {
    // A policy that only reports refuses nothing.
    if (disposition !== "enforce") return;
    known.policies.add(originalPolicy);
    // Of what lies elsewhere some browsers tell the origin alone.
    if (effectiveDirective === "connect-src" && blockedURI && wasmUrl().startsWith(blockedURI)) known.unfetched = true;
  },
  true,
);

// Where a policy says what may run, and what may run by a tag or in a worklet.
export const SCRIPTS = ["script-src", "default-src"];
export const ELEMENTS = ["script-src-elem", ...SCRIPTS];

/** Lets in what comes from where this script did: any source will do that is no keyword, nonce or hash. */
export const HOST = (source) => source[0] !== "'" || (source === "'self'" && url.startsWith(origin));

/** Whether a policy has one of these directives, and the first of them has no source that `lets` us in. */
export const refuses = (directives, lets) =>
  [...known.policies].some((policy) => {
    const lists = policy.split(";").map((directive) => directive.match(/\S+/g) ?? []);
    const [list] = directives.flatMap((name) => lists.filter(([first]) => first === name));
    return list && !list.slice(1).some(lets);
  });

// WebKit reports in a task of its own: on a busy machine tens of milliseconds after the failure.
const REPORT_MS = 200;

/** The browser tells of its reason after the fact: waits until it `hasTold`, or there is no such reason. */
export async function reported(hasTold) {
  const late = Date.now() + REPORT_MS;
  do await new Promise((later) => setTimeout(later));
  while (!hasTold() && Date.now() < late);
}
