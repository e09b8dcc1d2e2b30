// PAGE: brings the wasm. The script carries the hash of the one file that it will run. JavaScript: there is no wasm yet.
import { fetchFile } from "./fetch-file.js";
import { advice } from "./own-tag.js";
import { SCRIPTS, known, missing, refuses, reported, wasmUrl } from "./policy.js";

// Past every cache once it has failed: what is kept there, for a year even, may be what was wrong.
let cache;

const EMPTY = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);

const EVAL = (source) => source.includes("unsafe-eval");

/**
 * Gives the compiled module; nothing where the page's policy refuses it, and `missing` says what that lacks.
 * An Error says what failed and what to do.
 */
export async function loadModule(priority, signal) {
  const url = wasmUrl();
  try {
    if (refuses(SCRIPTS, EVAL)) throw url;
    // Asked first: a file that may not run need not be fetched. WebKit refuses no sooner than here.
    new WebAssembly.Instance(new WebAssembly.Module(EMPTY));
  } catch {
    // A browser may have been set to do without.
    missing.add(globalThis.WebAssembly ? "script-src 'wasm-unsafe-eval'" : "WebAssembly");
    return;
  }
  let response;
  try {
    response = await fetchFile(url, { integrity: __WASM_INTEGRITY__, cache, priority, signal });
    return await compile(response);
  } catch (error) {
    await reported(() => known.unfetched);
    if (known.unfetched) {
      missing.add(`connect-src ${new URL(url).origin}`);
      return;
    }
    cache = "reload";
    throw new Error(`Vocadesk: ${url}: ${response || signal.aborted ? error.message : await reason(url)}.${advice}`);
  }
}

// A fetch that fails does not say why. Whether there is an answer at all, and which, does.
async function reason(url) {
  // Async: a page's own fetch may throw.
  const ask = (how) => (async () => fetch(url, { method: "HEAD", credentials: "omit", cache, ...how }))().catch(() => {});
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
