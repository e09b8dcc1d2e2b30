// PAGE: brings the wasm. The script carries the hash of the one file that it will run.
import { initSync } from "wasm-glue";

/** Fetches, checks, compiles and starts the module; an Error says what failed and what to do. */
export async function loadModule(url, priority) {
  const advice = `Vocadesk: ${url} could not be loaded`;
  let response;
  try {
    response = await fetch(url, {
      integrity: __WASM_INTEGRITY__,
      credentials: "omit",
      mode: "cors",
      priority,
    });
  } catch (error) {
    throw new Error(
      `${advice} (${error.message}): it is missing or out of reach, its bytes fail the integrity check, or connect-src forbids it. Publish the release's files side by side, unchanged.`,
    );
  }
  let module;
  try {
    module = await compile(response);
  } catch (error) {
    throw new Error(`${advice} (${error.message}): script-src needs 'wasm-unsafe-eval'.`);
  }
  start(module);
  return module;
}

// Compiling while streaming needs the right MIME type; a server that sends another costs us time only.
async function compile(response) {
  if (/^application\/wasm\b/.test(response.headers.get("content-type"))) {
    return WebAssembly.compileStreaming(response);
  }
  return WebAssembly.compile(await response.arrayBuffer());
}

/** Instantiates the module in this realm. */
export const start = (module) => initSync({ module });
