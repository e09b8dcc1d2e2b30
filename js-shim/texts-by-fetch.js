// PAGE: brings a language's file beside the wasm, the way that came: what lets that through lets this through. JavaScript, as is
// that.
import { fetchFile } from "./fetch-file.js";
import { advice, beside } from "./own-tag.js";

/** Gives what the file says: `{ lang, dir, texts }`. An Error says what failed. */
export async function bringTexts(name, integrity) {
  const url = beside(name);
  try {
    const response = await fetchFile(url, { integrity, priority: "low" });
    const script = await response.text();
    // What is before the JSON is for a tag.
    return JSON.parse(script.slice(script.indexOf("{")));
  } catch (error) {
    throw new Error(`Vocadesk: ${url}: ${error.message}.${advice}`);
  }
}
