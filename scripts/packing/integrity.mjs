// What integrity.json says of a file: its size, and its hash as the `integrity` attribute writes it.

import { createHash } from "node:crypto";

/** `sha384-…` of these bytes. */
export const integrityOf = (bytes) => `sha384-${createHash("sha384").update(bytes).digest("base64")}`;

/** Of files by name: `{ name: { bytes, integrity } }`, in alphabetical order. */
export const table = (files) =>
  Object.fromEntries(
    Object.keys(files)
      .sort()
      .map((name) => [name, { bytes: files[name].length, integrity: integrityOf(files[name]) }]),
  );
