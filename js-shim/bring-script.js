// PAGE: brings another script of the release by a tag of its own. JavaScript: the script without wasm comes this way.
import { call, get, own } from "./by-prototype.js";
import { ELEMENTS, HOST, missing, refuses } from "./policy.js";
import { tag } from "./current-script.js";
import { advice, beside } from "./own-tag.js";
import { trusted } from "./trusted.js";

// A tag may neither load nor fail, where an extension swallows it.
const LOAD_MS = 30_000;

// Past every cache once one has failed: what is kept there, for a year even, may be what was wrong.
let failed;

/** Gives what the script leaves on its tag; `known` is for its eyes. An Error says what failed. */
export const bringScript = (name, integrity, known) =>
  new Promise((resolve, reject) => {
    const url = beside(name);
    const script = call(document, "createElement", "script");
    const fail = () => {
      clearTimeout(late);
      script.remove();
      failed = true;
      // What else would let it through, or do without it.
      const lacks = [...missing].filter((lack) => lack.includes(known ? " " : "types"));
      reject(
        new Error(
          `Vocadesk: ${url} is refused, missing or fails the integrity check: publish the release's files side by side, unchanged, or add to the Content-Security-Policy what allows it${["", ...lacks].join(" or ")}.${advice}`,
        ),
      );
    };
    // Who waits for the script without wasm has a clock of their own: loader.js.
    const late = !known && setTimeout(fail, LOAD_MS);
    script.onload = () => {
      clearTimeout(late);
      script.remove();
      const open = own(script, "open");
      open ? resolve(open) : fail();
    };
    script.onerror = fail;
    // Our own tag's nonce lets the other script in.
    Object.assign(script, { integrity, known, crossOrigin: "anonymous", referrerPolicy: "no-referrer", nonce: tag?.nonce ?? "" });
    try {
      if (refuses(ELEMENTS, (source) => HOST(source) || /nonce|dynamic/.test(source) || source.includes(integrity))) throw url;
      // A tag has no cache mode, and policies look at no query.
      script.src = trusted(failed ? url + "?" + Date.now() : url);
      // Stays until it has loaded: WebKit collects a script that nobody can see, and never says that it loaded.
      get(document, "documentElement").append(script);
    } catch {
      fail();
    }
  });
