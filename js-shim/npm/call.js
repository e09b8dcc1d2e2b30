// One call button in a component's hands, whichever framework has made it: binds the element once the script is there, keeps a
// press that comes before that, and says what the call is at. On a server it does nothing.
import { loadVocadesk } from "./index.js";

const AT_REST = Object.freeze({ state: "idle", muted: false, transcript: Object.freeze([]), error: null });

const isOver = (state) => ["idle", "ended", "error"].includes(state);

/** What an option is called as an attribute. */
const ATTRIBUTES = {
  embedId: "data-vocadesk-embed",
  label: "data-vocadesk-label",
  apiUrl: "data-vocadesk-api-url",
  wssUrl: "data-vocadesk-wss-url",
  ui: "data-vocadesk-ui",
  controls: "data-vocadesk-controls",
  // What our texts are in where nothing else says so: its content, too.
  lang: "lang",
};

/** The names of all options: what a component's properties are told apart by. */
export const OPTIONS = [...Object.keys(ATTRIBUTES), "labels", "turnstileToken", "src", "nonce"];

/**
 * The options as attributes. What a server renders so is a call button of its own: where the page has the script's tag, a
 * press counts before the framework has woken up.
 * @type {typeof import("./call.d.ts").attributesOf}
 */
export function attributesOf(options) {
  const attributes = {};
  for (const [option, attribute] of Object.entries(ATTRIBUTES)) {
    if (options[option]) attributes[attribute] = options[option];
  }
  return attributes;
}

/** @type {typeof import("./call.d.ts").createCall} */
export function createCall(options) {
  let now = AT_REST;
  let host; // the element, while there is one
  let handle; // once Vocadesk has bound it
  let isBinding = false;
  let isWanted = false; // a press that came before
  let isMuted; // what was asked for before
  const listeners = new Set();

  function change(news) {
    if (Object.keys(news).every((key) => now[key] === news[key])) return;
    now = { ...now, ...news };
    for (const listener of [...listeners]) listener(now);
  }

  const heard = {
    "vocadesk:state": ({ state, previous }) =>
      change({ state, ...(!isOver(state) ? { error: null } : !isOver(previous) && { muted: false }) }),
    "vocadesk:start": () => change({ transcript: [] }),
    "vocadesk:transcript": (line) => change({ transcript: withLine(now.transcript, line) }),
    "vocadesk:mute": ({ muted }) => change({ muted }),
    "vocadesk:error": ({ code, message }) => change({ error: { code, message } }),
  };
  const hear = (event) => event.target === event.currentTarget && heard[event.type](event.detail);

  // As it stands at the call: a new function in each rendering is no new option.
  const token = () => (typeof options.turnstileToken === "function" ? options.turnstileToken() : options.turnstileToken);
  /** @type {(options: Partial<import("./call.d.ts").CallOptions>) => Vocadesk.Options} */
  const mountOptions = ({ embedId, label, apiUrl, wssUrl, ui, controls, lang, labels, turnstileToken }) => ({
    ...{ embedId, label, apiUrl, wssUrl, ui, controls, lang, labels },
    turnstileToken: turnstileToken && token,
  });
  const key = (options) => JSON.stringify([mountOptions(options), !options.turnstileToken]);

  function mount(vocadesk) {
    handle = vocadesk.mount(host, mountOptions(options));
    change({ state: handle.state });
  }

  async function bind() {
    if (isBinding) return;
    const element = host;
    isBinding = true;
    try {
      const vocadesk = await loadVocadesk(options);
      if (host !== element) return;
      mount(vocadesk);
      if (isMuted !== undefined) handle.mute(isMuted);
      if (isWanted) handle.start();
      isMuted = undefined;
    } catch ({ message }) {
      console.warn(message);
      if (isWanted) fail(element, message);
    } finally {
      isBinding = false;
      isWanted = false;
      // Another element has come meanwhile.
      if (host && host !== element) bind();
    }
  }

  // As a call of Vocadesk's own fails where its files do not come.
  function fail(element, message) {
    const detail = { code: "unknown", message };
    if (element) element.dispatchEvent(new CustomEvent("vocadesk:error", { bubbles: true, composed: true, detail }));
    else change({ error: detail });
  }

  function start() {
    if (handle) return handle.start();
    if (!host) {
      const message = "Vocadesk: there is no element to call from. Give useCall's to the button, and start in the browser.";
      console.warn(message);
      return fail(undefined, message);
    }
    isWanted = true;
    bind();
  }

  function press(event) {
    // Once it is bound, the script hears it.
    if (handle || sendsForm(event)) return;
    event.preventDefault();
    start();
  }

  function release() {
    handle?.destroy();
    for (const type of Object.keys(heard)) host.removeEventListener(type, hear);
    host.removeEventListener("click", press);
    host = handle = isMuted = undefined;
    isWanted = false;
    change({ state: "idle", muted: false });
  }

  return {
    now: () => now,
    atRest: () => AT_REST,
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    attach(element) {
      if (element === host) return;
      if (host) release();
      if (!element) return;
      host = element;
      for (const type of Object.keys(heard)) host.addEventListener(type, hear);
      host.addEventListener("click", press);
      bind();
    },
    update(next) {
      const before = key(options);
      options = next;
      if (handle && key(options) !== before) mount(window.Vocadesk);
    },
    start,
    end() {
      isWanted = false;
      handle?.end();
    },
    mute(muted) {
      if (handle) handle.mute(muted);
      else isMuted = muted;
    },
  };
}

/** Enter in a field clicks the form's first submit button: nobody pressed that. */
function sendsForm({ isTrusted, detail, currentTarget: host }) {
  return isTrusted && !detail && host.form && host.getRootNode().activeElement !== host;
}

/** The same role and number once more: its text has grown. */
function withLine(lines, line) {
  const at = lines.findIndex(({ role, seq }) => role === line.role && seq === line.seq);
  return at < 0 ? [...lines, line] : lines.map((before, index) => (index === at ? line : before));
}
