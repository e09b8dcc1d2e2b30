// The one script: wakes up in three realms and starts what belongs there. On the page it defines window.Vocadesk, waits for
// the first host or mount, and brings the wasm. JavaScript, because a page view without a host brings no wasm.
import "./audio-realm.js";
import { runAudioWorklet } from "./audio-worklet.js";
import { call as ask, get } from "./by-prototype.js";
import { bringScript } from "./bring-script.js";
import { runCallWorker } from "./call-worker.js";
import { loadModule } from "./module.js";
import { advice, url } from "./own-tag.js";
import { known, missing } from "./policy.js";
import { startPage, starter } from "./realms.js";
import { makePolicy } from "./trusted.js";

const ATTRIBUTE = "data-vocadesk-embed";
const SELECTOR = `[${ATTRIBUTE}]`;

if (handover) handover.startPage = startPage;
else if (typeof registerProcessor === "function") runAudioWorklet();
else if (typeof document === "undefined") {
  // A server that renders pages may import it, and has none of the three.
  if (typeof DedicatedWorkerGlobalScope === "function") runCallWorker();
}
else if (typeof window.Vocadesk?.mount === "function") {
  console.warn(`Vocadesk ${__VERSION__} does nothing: another copy (${window.Vocadesk.version}) is here.`);
} else runPage();

function runPage() {
  // A line of 20 kB a second brings all of it in three.
  const LOAD_MS = 30_000;

  let start; // starts the Rust side, once that has come
  let page; // the Rust side, while it is there
  let loading; // while it is on its way, and from then on; forgotten when that fails, so that a click can try again
  let giveUp; // ends that in vain
  let revives = true; // whether it is started afresh at once should it die: once for each click, for it may die of the page
  const mounts = new WeakMap(); // by host, the latest of each: what mounts it, and whether that is still wanted
  const hosts = new Set(); // these hosts, held weakly
  const collected = new FinalizationRegistry((host) => hosts.delete(host));
  let clicked; // the host that was clicked before the Rust side was there
  let clickedAt; // and when

  async function bring(priority, signal) {
    await makePolicy();
    const module = await loadModule(priority, signal);
    if (module) return starter(vocadesk, module);
    return bringScript("vocadesk.nowasm.min.js", __NOWASM_INTEGRITY__, known);
  }

  function load(priority) {
    if (loading) return;
    const given = new AbortController();
    const late = new Promise((_, reject) => {
      giveUp = () => {
        reject(new Error(`Vocadesk: ${url}: the files beside it did not come within 30 s.${advice}`));
        given.abort();
      };
    });
    loading = Promise.race([bring(priority, given.signal), late])
      .then((starts) => run((start = starts)))
      .catch(failed);
  }

  function run() {
    const fresh = (page = start(died));
    for (const host of hosts) if (page === fresh) mounts.get(host.deref())?.mount();
    if (page !== fresh) return; // it has died meanwhile
    const host = clicked;
    clicked = undefined;
    if (host) page.startCall(host, clickedAt);
  }

  function failed(error) {
    page = loading = undefined;
    const host = clicked;
    clicked = undefined;
    const detail = { code: "unknown", message: error.message };
    host?.dispatchEvent(new CustomEvent("vocadesk:error", { bubbles: true, composed: true, detail }));
  }

  // A trap in it for instance: nothing of it can be used any more. `undone` is fulfilled once what it left is.
  function died(undone) {
    if (!page) return; // it was being started
    page = undefined;
    const again = revives;
    revives = false;
    loading = undone.then(() => (again || clicked ? run() : (loading = undefined))).catch(failed);
  }

  // As soon as it can be. Whatever keeps a file from coming and from failing, an extension that swallows a tag or a
  // line that hangs: nobody waits for it for ever.
  function call(host, at) {
    revives = true;
    clicked = host;
    clickedAt = at;
    load("high");
    setTimeout(giveUp, LOAD_MS);
  }

  // A host that nobody has bound yet: keep the click for the Rust side, or let it bind the host that has just come.
  ask(
    document,
    "addEventListener",
    "click",
    (event) => {
      const host = event.composedPath().find((node) => isMarked(node) || mounts.get(node)?.wanted);
      if (!host) return;
      revives = true;
      if (page) page.bindNow(host);
      else if (!host.disabled && !sendsForm(event, host)) {
        event.preventDefault();
        call(host, event.timeStamp);
      }
    },
    true,
  );
  // By the first call all is known, but for the call bar.
  const report = () =>
    missing.size && console.info(`Vocadesk: for full quality this page or its Content-Security-Policy lacks ${[...missing].join("; ")}.`);
  ask(document, "addEventListener", "vocadesk:start", report, { once: true, capture: true });

  const look = () => ask(document, "querySelector", SELECTOR) && (load("low"), true);
  const looker = new MutationObserver(() => look() && looker.disconnect());
  if (!look()) looker.observe(document, { childList: true, subtree: true, attributeFilter: [ATTRIBUTE] });

  window.Vocadesk = {
    version: __VERSION__,
    mount(target, options) {
      const named = typeof target === "string";
      let host, marked;
      try {
        host = named ? ask(document, "querySelector", target) : target;
        // The platform's own method knows an element of any document from a look-alike and from a proxy.
        marked = Element.prototype.getAttribute.call(host, ATTRIBUTE);
      } catch {
        throw new TypeError(
          `Vocadesk.mount: ${named ? `no element matches "${target.slice(0, 99)}"` : "this is no element"}. ` +
            `Write Vocadesk.mount("#support-button", { embedId: "emb_…" }) once that element is in the page.`,
        );
      }
      const own = ownMembers(options);
      const id = own.embedId ?? marked;
      if (typeof id !== "string" || !id.trim()) {
        throw new TypeError(
          'Vocadesk.mount: no embed id. Write Vocadesk.mount("#support-button", { embedId: "emb_…" }) with the id from the dashboard.',
        );
      }
      own.labels = ownMembers(own.labels);
      let handle; // the Rust side's, once that is there
      let from; // that itself, in whose place another may have come
      const early = []; // what is to be done with it then
      const isThere = () => page && page === from;
      const later = (work) => (isThere() ? work(handle) : early.push(work));
      const its = {
        wanted: true,
        mount() {
          // Destroyed meanwhile: what is left of it goes, and a marked-up host must know, or it would be bound all the same.
          if (!this.wanted && !early.length) return;
          from = page;
          handle = page.mount(host, own);
          for (const work of early.splice(0)) later(work);
        },
      };
      if (!mounts.has(host)) {
        const weak = new WeakRef(host);
        hosts.add(weak);
        collected.register(host, weak);
      }
      mounts.set(host, its);
      if (page) its.mount();
      else load("low");
      const over = (work) => {
        if (its.wanted) later(work);
        if (clicked === host) clicked = undefined;
      };
      return {
        get state() {
          return (isThere() && handle.state) || "idle";
        },
        diagnostics: () => ({ missing: [...missing], ...page?.diagnostics() }),
        start() {
          if (isThere()) handle.start();
          else if (its.wanted && mounts.get(host) === its) call(host, new Event("").timeStamp);
        },
        end: () => over((handle) => handle.end()),
        mute: (muted) => void (its.wanted && later((handle) => handle.mute(!!muted))),
        destroy() {
          over((handle) => handle.destroy());
          its.wanted = false;
        },
      };
    },
  };
}

// Enter in a field clicks the form's first submit button, which may be a host: nobody pressed that. Once the Rust side is
// there, src/page/press/implicit_submission.rs sees to it.
function sendsForm({ isTrusted, detail }, host) {
  const focused = get(host.getRootNode(), "activeElement");
  return isTrusted && !detail && host.form && focused !== host && focused?.form === host.form;
}

// Whatever the page calls `matches`: a field of a form that was clicked, or an element that the window has by this name.
function isMarked(node) {
  try {
    return Element.prototype.matches.call(node, `${SELECTOR}:not(form)`);
  } catch {
    return false; // no element
  }
}

// What an object says now, of itself. A getter that throws says nothing, but for the one that mount cannot do without.
function ownMembers(object) {
  const own = { __proto__: null };
  for (const key of Object.keys(Object(object))) {
    try {
      own[key] = object[key];
    } catch (error) {
      if (key === "embedId") throw error;
    }
  }
  return own;
}
