// Puts the release's script into the page, once for all that ask, and gives what it defines. Evaluated on a server it does
// nothing. `release.js` is written when the package is made.
import { integrity, src as published, version } from "./release.js";

/** On a tag: the promise of what it brings. Another copy of this package, of any version, finds it there. */
const LOADING = Symbol.for("@vocadesk/embed");
const LOAD_MS = 30_000;

let hasWarned = false;

/** @type {typeof import("./index.d.ts").loadVocadesk} */
export function loadVocadesk({ src = published, nonce } = {}) {
  if (typeof document === "undefined") {
    const refused = Promise.reject(
      new Error("Vocadesk: loadVocadesk() needs a browser. On a server, call it in an effect, or once the component is mounted."),
    );
    // A module that a server evaluates too may keep this for its effects: nobody need hear of it here.
    refused.catch(() => {});
    return refused;
  }
  const there = defined();
  if (there) return Promise.resolve(there);
  const tags = [...document.scripts];
  const underWay = tags.find((tag) => tag[LOADING]);
  if (underWay) return underWay[LOADING].then(defined);
  // The page's own tag may be on its way as long as the page loads.
  const own = document.readyState !== "complete" && tags.find(isUntried);
  const tag = own || document.createElement("script");
  const loading = arrival(tag, !own && { src, nonce: nonce ?? "" }).then(() => {
    tag[LOADING] = null;
    const there = defined();
    if (there) return there;
    if (own) return loadVocadesk({ src, nonce });
    // Whoever tries again puts in a new one.
    tag.remove();
    throw new Error(
      `Vocadesk: ${src} did not load. It has to be vocadesk.min.js of release ${version}, unchanged (${integrity}), from a ` +
        "host that sends Access-Control-Allow-Origin, and the page's Content-Security-Policy has to allow it (script-src).",
    );
  });
  return (tag[LOADING] = loading);
}

/** A tag of the script's that nobody has waited for. */
const isUntried = (tag) => !(LOADING in tag) && /\/vocadesk\.min\.js$/.test(tag.src.split(/[?#]/)[0]);

/** What the script has defined; an element that is called so has no `mount`. */
function defined() {
  const there = window.Vocadesk;
  if (typeof there?.mount !== "function") return undefined;
  if (there.version !== version && !hasWarned) {
    hasWarned = true;
    console.warn(`Vocadesk: @vocadesk/embed ${version} uses the script ${there.version}, which was in this page before.`);
  }
  return there;
}

/** Comes when it is decided whether the tag brings the script; one of ours is put into the page. */
function arrival(tag, ours) {
  return new Promise((decided) => {
    for (const type of ["load", "error"]) tag.addEventListener(type, decided);
    setTimeout(decided, LOAD_MS);
    if (ours) document.head.append(Object.assign(tag, { crossOrigin: "anonymous", integrity, ...ours }));
    else window.addEventListener("load", decided);
  });
}
