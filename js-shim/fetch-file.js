// PAGE: fetches a file of the release, and no other. JavaScript: the wasm comes by it.

/** `more` has the file's hash, and what is special about this one. A redirect could lead to any origin. */
export const fetchFile = (url, more) =>
  fetch(url, { credentials: "omit", redirect: "error", referrerPolicy: "no-referrer", ...more });
