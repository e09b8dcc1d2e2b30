// PAGE: brings the wasm, or where the site's Content-Security-Policy refuses it the script that does without.
// The script carries the hash of the one file that it will run.
import { trusted } from "./trusted.js";

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
  const advice = `Vocadesk: ${url} could not be loaded`;
  let refused;
  const hear = ({ effectiveDirective, blockedURI }) => {
    refused ||= effectiveDirective === "connect-src" && url.startsWith(blockedURI);
  };
  addEventListener("securitypolicyviolation", hear, true);
  try {
    const response = await fetch(url, {
      integrity: __WASM_INTEGRITY__,
      credentials: "omit",
      mode: "cors",
      priority,
    });
    return await compile(response);
  } catch (error) {
    // The browser tells of its reason after the fact.
    await new Promise((later) => setTimeout(later));
    if (refused) {
      missing.add(`connect-src ${new URL(url).origin}`);
      return;
    }
    throw new Error(
      `${advice} (${error.message}): it is missing or out of reach, or its bytes fail the integrity check. Publish the release's files side by side, unchanged.`,
    );
  } finally {
    removeEventListener("securitypolicyviolation", hear, true);
  }
}

// Compiling while streaming needs the right MIME type; a server that sends another costs us time only.
async function compile(response) {
  if (/^application\/wasm\b/.test(response.headers.get("content-type"))) {
    return WebAssembly.compileStreaming(response);
  }
  return WebAssembly.compile(await response.arrayBuffer());
}

/** The page wing without wasm; `script` is our own tag, whose nonce lets the other script in. */
export function loadWithoutWasm(url, script) {
  return new Promise((resolve, reject) => {
    const tag = document.createElement("script");
    const fail = () =>
      reject(
        new Error(
          `Vocadesk: this page's Content-Security-Policy refuses WebAssembly, and ${url} could not be loaded instead: it is missing, its bytes fail the integrity check, or script-src forbids it. Add 'wasm-unsafe-eval' to script-src, or publish the release's files side by side, unchanged.`,
        ),
      );
    tag.onload = () => (tag.wing ? resolve(tag.wing) : fail());
    tag.onerror = fail;
    tag.integrity = __NOWASM_INTEGRITY__;
    tag.crossOrigin = "anonymous";
    tag.nonce = script?.nonce ?? "";
    try {
      tag.src = trusted(url);
      (document.head ?? document.documentElement).append(tag);
    } catch {
      fail();
    }
    tag.remove();
  });
}
