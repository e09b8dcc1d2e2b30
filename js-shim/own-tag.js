// PAGE: where the release's files are, by the tag that this script came by; a Worker and a worklet have none. JavaScript, as
// is the tag.
import { documents, tag } from "./current-script.js";

const page = globalThis.document;
const isOurs = ({ src }) => src && /vocadesk[^/]*$/.test(new URL(src).pathname);
// A module has no tag, nor has what another script runs, but there may be one that names it.
const others = page ? documents("querySelectorAll").value.call(page, 'script[src*="vocadesk.min.js"]') : [];
const named = [tag ?? [], ...others].find(isOurs);

/** What the site's owner has written on the tag, `data-*` by their names; nothing that every object of the page has. */
export const marks = { __proto__: null, ...named?.dataset };

/**
 * Where this script came from. Merged with others, or written into the page, it has not come from where its files are:
 * these are where the release was published.
 */
export const url = handover?.url ?? (named?.src || (page && `${__RELEASE_URL__}vocadesk.min.js`));

/** Ends the message of whatever failed. */
export const advice = handover?.advice ?? (named ? "" : " It was not loaded by a <script> tag of its own: do that.");

/** Another file of the release: it lies beside. */
export const beside = (name) => new URL(name, url).href;
