// PAGE: brings the wasm, or where the site's Content-Security-Policy refuses it the script that does without.
// The script carries the hash of the one file that it will run.
import { refusedFetch, told, violations } from "./policy.js";
import { trusted } from "./trusted.js";

// Past every cache once it has failed: what is kept there, for a year even, may be what was wrong.
let cache;

const EMPTY = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);

/**
 * Gives the compiled module; nothing where the page's policy refuses it, and `missing` says what that lacks.
 * An Error says what failed and what to do.
 */
export async function loadModule(url, priority, missing) {
  try {
    // Asked first: a file that may not run need not be fetched. WebKit refuses no sooner than here.
    new WebAssembly.Instance(new WebAssembly.Module(EMPTY));
  } catch {
    missing.add("script-src 'wasm-unsafe-eval'");
    return;
  }
  let response;
  try {
    // A redirect could lead to any origin.
    response = await fetch(url, {
      integrity: __WASM_INTEGRITY__,
      credentials: "omit",
      cache,
      redirect: "error",
      priority,
    });
    return await compile(response);
  } catch (error) {
    await told();
    if (refusedFetch(url)) {
      missing.add(`connect-src ${new URL(url).origin}`);
      return;
    }
    cache = "reload";
    throw new Error(`Vocadesk: ${url}: ${response ? error.message : await reason(url)}.`);
  }
}

// A fetch that fails does not say why. Whether there is an answer at all, and which, does.
async function reason(url) {
  const ask = (how) => fetch(url, { method: "HEAD", credentials: "omit", cache, ...how }).catch(() => {});
  const answer = await ask({ redirect: "manual" }); // of status 0 where it redirects
  if (answer) {
    return `fails the integrity check: publish the release's files side by side, unchanged (${answer.status})`;
  }
  return (await ask({ mode: "no-cors" })) ? "its server must send Access-Control-Allow-Origin" : "out of reach";
}

// Compiling while streaming needs this very MIME type; a server that sends another costs us time only.
const compile = async (response) =>
  response.headers.get("content-type") === "application/wasm"
    ? WebAssembly.compileStreaming(response)
    : WebAssembly.compile(await response.arrayBuffer());

/** The page wing without wasm; `script` is our own tag, whose nonce lets the other script in. */
export function loadWithoutWasm(url, script) {
  return new Promise((resolve, reject) => {
    const tag = document.createElement("script");
    const fail = () => {
      tag.remove();
      cache = "reload";
      reject(
        new Error(
          `Vocadesk: this page's Content-Security-Policy refuses WebAssembly, and ${url} is refused, missing or fails the integrity check: publish the release's files side by side, unchanged, or allow 'wasm-unsafe-eval'.`,
        ),
      );
    };
    tag.onload = () => {
      tag.remove();
      tag.wing ? resolve(tag.wing) : fail();
    };
    tag.onerror = fail;
    tag.integrity = __NOWASM_INTEGRITY__;
    tag.crossOrigin = "anonymous";
    tag.violations = violations;
    tag.nonce = script?.nonce ?? "";
    try {
      // A tag has no cache mode, and policies look at no query.
      tag.src = trusted(cache ? url + "?" + Date.now() : url);
      // Stays until it has loaded: WebKit collects a script that nobody can see, and never says that it loaded.
      document.documentElement.append(tag);
    } catch {
      fail();
    }
  });
}
