// THIRD-PARTY-NOTICES: whose code is in the two files, and under which terms.

import { licenceTexts } from "./crates.mjs";

const LINE = "-".repeat(80);

const HEAD = `THIRD-PARTY NOTICES

Vocadesk embed contains the software below, compiled into vocadesk.wasm and, of wasm-bindgen, into
vocadesk.min.js. Where a choice of licences is offered, we have taken the MIT licence.
`;

/** The whole file. `ownLicence` is our own LICENSE-MIT: its terms are those of a crate that carries no text. */
export async function notices(crates, ownLicence) {
  const terms = ownLicence.slice(ownLicence.indexOf("Permission is hereby granted")).trim();
  // Crates of one project share a text, and are named together above it.
  const byText = new Map();
  for (const crate of crates) {
    const texts = await licenceTexts(crate);
    if (!texts.length && !/\bMIT\b/.test(crate.license)) {
      throw new Error(`${crate.name} ${crate.version} (${crate.license}) carries no licence text`);
    }
    const whose = crate.registry ? `The authors of ${crate.name}` : "The Rust Project contributors";
    const text = texts.length ? texts.join(`\n\n${LINE}\n\n`) : `Copyright (c) ${whose}\n\n${terms}`;
    byText.set(text, [...(byText.get(text) ?? []), `${crate.name} ${crate.version} (${crate.license})`]);
  }
  const parts = [...byText].map(([text, names]) => `${names.join("\n")}\n\n${text}\n`);
  return [HEAD, ...parts].join(`\n${"=".repeat(80)}\n\n`);
}
