/// <reference path="./vocadesk.d.ts" />

/** How the script comes into the page. What the first call says holds for all. */
export interface LoadOptions {
  /** Where you serve `vocadesk.min.js` yourself: of this package's version, unchanged, with the release's other files beside it. */
  src?: string;
  /** For a Content-Security-Policy with a nonce. */
  nonce?: string;
}

/**
 * Puts the release's script into the page with its hash, unless it is there, and gives what it defines. After a failure
 * the next call tries again. On a server it is rejected.
 */
export function loadVocadesk(options?: LoadOptions): Promise<Vocadesk.Embed>;
