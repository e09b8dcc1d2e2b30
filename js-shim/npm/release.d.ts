/** The release that this package belongs to: `X.Y.Z`. */
export const version: string;
/** Where its script is published. */
export const src: string;
/** The script's hash. */
export const integrity: string;
