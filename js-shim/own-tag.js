// PAGE: the tag that this script came by, and where that was; a Worker and a worklet have neither. JavaScript, because only
// the script itself can ask, as it is read.
const page = globalThis.document;

export const tag = page && (page.currentScript ?? page.querySelector('script[src*="vocadesk.min.js"]'));

export const url = tag?.src || globalThis.location?.href;

/** Another file of the release: it lies beside. */
export const beside = (name) => new URL(name, url).href;
