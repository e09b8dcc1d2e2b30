// Where a release is published; a staging's build says otherwise.

const cdn = process.env.VOCADESK_CDN_URL ?? "https://cdn.vocadesk.com/embed";

/** The folder's address, with the slash at its end. */
export const releaseUrl = (version) => `${cdn}/v${version}/`;
