// Writes wasm-bindgen's glue anew in few words. The glue has one function for each thing that the wasm may
// call, and most of them differ by one name only: here they become a list of names and one function
// that is made for each. What we do not recognise stays as wasm-bindgen wrote it.

import { replaceOnce } from "./replace-once.mjs";

const INDENT = " {8}";
const ENTRY = new RegExp(`^${INDENT}(\\w+): (function[^]*?^${INDENT}\\}(?:, arguments\\); \\})?),$`, "gm");
const PLAIN = /^function\((.*?)\) \{([^]*)\}$/;
const CAUGHT = /^function\(\) \{ return handleError\(function \((.*?)\) \{([^]*)\}, arguments\); \}$/;

/** What two imports may differ by: the member of an argument, or a class of the realm. */
const VARIES = [
  [/\b(arg\d)\.([A-Za-z]\w*)/, "$1[name]"],
  [/\b(instanceof) ([A-Z]\w*)/, "$1 globalThis[name]"],
  [/\b(new) ([A-Z]\w*)\(/, "$1 globalThis[name]("],
];

/** Text for the wasm is left where it says, as an address (0 for none) and a length. */
const GIVE_TEXT = `
  function giveText(where, text) {
    const at = isLikeNone(text) ? 0 : passStringToWasm0(text, wasm.__wbindgen_malloc);
    new Int32Array(wasm.memory.buffer).set([at, WASM_VECTOR_LEN], where >>> 2);
  }`;
const GIVES_TEXT =
  /(?:var|const) ptr1 = .*;\s*(?:var|const) len1 = WASM_VECTOR_LEN;\s*getDataViewMemory0.*4 \* 1, len1, true\);\s*getDataViewMemory0.*4 \* 0, ptr1, true\);/;

/** So is a number, behind a word that says whether there is one. */
const GIVES_NUMBER = /const obj = arg1;\s*const ret = typeof\(obj\) === 'number'[^]*getDataViewMemory0.*8 \* 1[^]*4 \* 0.*$/m;
const GIVE_NUMBER = `
  const there = typeof arg1 === "number";
  new Float64Array(wasm.memory.buffer).set([there ? arg1 : 0], (arg0 >>> 3) + 1);
  new Int32Array(wasm.memory.buffer).set([there], arg0 >>> 2);`;

/** A class that a realm lacks is never asked for there. */
const TRIES_CLASS = /let result;\s*try \{\s*result = (arg0 instanceof \w+);\s*\} catch \(?_?\)? ?\{\s*result = false;\s*\}\s*const ret = result;/;

const SETS_VALUES = /table\.set\(1024, undefined\);\s*table\.set\(1025, null\);\s*table\.set\(1026, true\);\s*table\.set\(1027, false\);/;

/** An import's function as an arrow function, with the one name in it that others like it may not share. */
function read(text) {
  const caught = CAUGHT.exec(text);
  const [, args, body] = caught ?? PLAIN.exec(text);
  const arrow = `(${args}) => {${body.replace(/^\s*\/\/.*$/gm, "")
    .replace(GIVES_TEXT, "giveText(arg0, ret);")
    .replace(GIVES_NUMBER, GIVE_NUMBER)
    .replace(TRIES_CLASS, "const ret = $1;")
    .replace(SETS_VALUES, "[undefined, null, true, false].map((value, at) => table.set(1024 + at, value));")}}`;
  const write = (code) => (caught ? `caught(${code})` : code);
  for (const [pattern, general] of VARIES) {
    const found = pattern.exec(arrow);
    if (found) return { code: write(arrow), like: write(arrow.replace(pattern, general)), name: found[2] };
  }
  return { code: write(arrow), like: write(arrow), name: "" };
}

const functionNamed = (name, glue) => {
  const text = new RegExp(`^(?:async )?function ${name}\\([^]*?^\\}$`, "m").exec(glue)?.[0];
  if (!text) throw new Error(`pack-glue: no function ${name} in the glue`);
  return text;
};

/** The glue in few words, and for each import's long name the number that stands for it. */
export function packGlue(glue) {
  const groups = new Map();
  glue = glue.replace("new lAudioContext(", "new AudioContext(");
  for (const [, long, text] of glue.matchAll(ENTRY)) {
    const entry = read(text);
    if (!groups.has(entry.like)) groups.set(entry.like, new Map());
    const group = groups.get(entry.like);
    // Imports that do the same share one number.
    if (!group.has(entry.name)) group.set(entry.name, { code: entry.code, longs: [] });
    group.get(entry.name).longs.push(long);
  }
  const numbers = new Map();
  let count = 0;
  const items = [];
  for (const [like, group] of groups) {
    const names = [...group.keys()];
    const few = names.length < 2;
    items.push(
      few
        ? group.get(names[0]).code
        : `...${JSON.stringify(names.join(" "))}.split(" ").map((name) => ${like})`,
    );
    for (const name of names) {
      for (const long of group.get(name).longs) numbers.set(long, count);
      count++;
    }
  }

  const importsAre = functionNamed("__wbg_get_imports", glue);
  glue = replaceOnce(glue, importsAre, "");
  // The one way in which the shim starts the module.
  glue = replaceOnce(
    glue,
    functionNamed("initSync", glue),
    `function initSync({ module }) {
      if (wasm) return;
      wasm = new WebAssembly.Instance(module, { w: [\n${items.join(",\n")}\n] }).exports;
      wasm.__wbindgen_start();
    }`,
  );
  glue = replaceOnce(
    glue,
    functionNamed("handleError", glue),
    `const caught = (work) => (...args) => {
      try {
        return work(...args);
      } catch (error) {
        wasm.__wbindgen_exn_store(addToExternrefTable0(error));
      }
    };`,
  );
  // Views, coders and readers are cheap to make: none is kept that a growing memory would detach, that a
  // realm lacks, or that tires (Safari's decoder does after two gigabytes).
  const kept = (name) => functionNamed(name, glue);
  for (const [name, anew] of [
    ["getDataViewMemory0", "() => new DataView(wasm.memory.buffer)"],
    ["getArrayU8FromWasm0", "(at, length) => new Uint8Array(wasm.memory.buffer, at >>> 0, length)"],
    [
      "getStringFromWasm0",
      '(at, length) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(getArrayU8FromWasm0(at, length))',
    ],
    [
      "passStringToWasm0",
      `(text, malloc) => {
        const bytes = new TextEncoder().encode(text);
        const at = malloc(WASM_VECTOR_LEN = bytes.length, 1);
        getArrayU8FromWasm0(at, bytes.length).set(bytes);
        return at;
      }`,
    ],
    ["__wbg_finalize_init", "0"],
  ]) {
    glue = replaceOnce(glue, kept(name), `const ${name} = ${anew};`);
  }
  glue = glue.replaceAll(", wasm.__wbindgen_realloc)", ")").replaceAll("_wbg_cb_unref", "unref");
  glue = replaceOnce(glue, "let WASM_VECTOR_LEN = 0;", `let WASM_VECTOR_LEN = 0; ${GIVE_TEXT}`);
  // A page whose wrappers never take a listener back calls what is no more: that does nothing, where
  // wasm-bindgen would throw, and free once more what it has freed.
  glue = replaceOnce(glue, "state.cnt++;", "if (!state.a) return; state.cnt++;");
  // What every browser has that we run in.
  for (const [fallback, plain] of [
    [/^const lAudioContext = .*$/m, ""],
    [/^if \(!\('encodeInto'[^]*?^\}$/m, ""],
    [/^const CLOSURE_DTORS = [^]*?: new FinalizationRegistry/m, "const CLOSURE_DTORS = new FinalizationRegistry"],
    [/^let cachedTextDecoder = [^]*?^cachedTextDecoder\.decode\(\);$/m, ""],
    [/^const cachedTextEncoder = .*$/m, ""],
    [functionNamed("decodeText", glue), ""],
    [functionNamed("getUint8ArrayMemory0", glue), ""],
  ]) {
    glue = glue.replace(fallback, plain);
  }
  return { glue, numbers };
}
