// The languages of our texts besides English, by the files that have them: src/page/labels/de.json and so on.

import { readFileSync, readdirSync } from "node:fs";

const folder = new URL("../../src/page/labels/", import.meta.url);

/** Their tags (BCP 47), in alphabetical order. */
export const LANGUAGES = readdirSync(folder)
  .map((name) => name.replace(/\.json$/, ""))
  .filter((tag) => tag !== "en")
  .sort();

/** What a language's file is called in a release. */
export const fileOf = (tag) => `vocadesk.lang-${tag}.js`;

/** All of these. */
export const LANGUAGE_FILES = LANGUAGES.map(fileOf);

/** The texts by their keys. */
export const textsOf = (tag) => JSON.parse(readFileSync(new URL(`${tag}.json`, folder), "utf8"));
