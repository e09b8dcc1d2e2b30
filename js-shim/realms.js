// PAGE: starts the Rust side, and makes the two other realms for it, or what stands for them on the page's own thread
// where the site's Content-Security-Policy refuses them. JavaScript: they are made of this script's own text.
import { bringTexts } from "bring-texts";
import { bindNow, diagnostics, initSync, mount, serveCall, startCall, startPage as start } from "wasm-glue";
import { audioOnPage } from "./audio-on-page.js";
import { bringScript } from "./bring-script.js";
import { tag } from "./current-script.js";
import { attempt, killList } from "./kill-list.js";
import { advice, url } from "./own-tag.js";
import { ELEMENTS, HOST, SCRIPTS, known, missing, refuses, reported } from "./policy.js";
import { trusted } from "./trusted.js";
import { watchNext } from "./watched.js";

// Where a policy says what may run in a Worker, and what lets ours in.
const WORKERS = ["worker-src", "child-src", ...SCRIPTS];
const WORKLET = "AudioWorklet";
const CALL_BAR = "vocadesk.call-bar.min.js";
// Not written where a Worker is made: what the kill list calls would keep all that it finds there, the Worker, too.
const terminate = (worker) => worker.terminate();
const BLOB = (source) => source === "blob:" || source === "'strict-dynamic'";

/**
 * Gives what starts the Rust side, with glue of its own each time: wasm-bindgen's knows one instance. `text` is this very script:
 * the tag's integrity hash has covered it.
 */
export const starter = (text, module) => (died) => {
  const handover = { tag, url, advice, known };
  text(handover);
  return handover.startPage(text, module, died);
};

/** Gives the crate's exports for the page; once they do nothing any more, `died` is called. */
export function startPage(text, module, died) {
  const list = killList();
  const WHY = "The call button's own code broke off: the console says why. Try again.";
  let dead;
  watchNext((error) => {
    dead = true;
    const undone = list.undo();
    // The page's listeners may be at work just now.
    Promise.resolve(WHY).then(list.tell);
    died(undone);
    attempt(() => console.error("Vocadesk ends its calls in this page, and starts afresh:", error));
  });
  initSync({ module });
  start(realms(text, module, list));
  if (dead) throw new Error(WHY);
  return { bindNow, diagnostics, mount, startCall };
}

// What src/page/realms.rs asks for.
function realms(text, module, list) {
  // How long a Worker may take to wake up before the worklet waits no longer for it.
  const WAKE_MS = 500;
  // How long the worklet's script, which the page has, may take. One that never comes is one that does not.
  const WORKLET_MS = 8_000;
  let blob;
  let refused; // no worklet is let in
  let onPage; // this thread makes the sound, not a worklet
  let lacks; // what a Worker would take
  let woken, wake; // when the Worker has woken up, or was refused
  const locks = new WeakMap(); // Workers with the name of the lock that each holds
  // It is done without: no bar, and texts in English.
  const without = (name) => (error) => {
    missing.add(name);
    console.info(error.message);
  };
  const blobUrl = () =>
    (blob ??= URL.createObjectURL(new Blob([`(${text})()`], { type: "text/javascript" })));
  return {
    module,
    marks: known.marks,
    attached: known.attached,
    leftOver: known.leftOver,
    dismissed: known.dismissed,
    killList: list,
    askMicrophone: list.askMicrophone,
    // Refused are first what comes from a blob:, then what comes from anywhere but with a nonce.
    async loadWorklet(context) {
      const { audioWorklet } = context;
      list.keep(context, (left) => void attempt(() => left.suspend()));
      // Once all that the click starts was started, the Worker too.
      await 0;
      await woken;
      if (refused) return;
      let asks = ELEMENTS;
      const places = [[blobUrl(), BLOB]];
      // No hash covers what a worklet reads from there: a site may want rather this thread.
      if (!("vocadeskStrict" in known.marks)) places.push([url, HOST]);
      for (const [from, lets] of places) {
        if (refuses(asks, lets)) continue;
        try {
          const late = new Promise((_, reject) => setTimeout(reject, WORKLET_MS));
          return await Promise.race([audioWorklet.addModule(from), late]);
        } catch {
          // Chromium asks what may be a Worker, too.
          await reported(() => refuses(ELEMENTS, lets) || refuses(WORKERS, lets));
          if (!refuses(ELEMENTS, lets) && refuses(WORKERS, lets)) asks = WORKERS;
        }
      }
      missing.add(refuses(ELEMENTS, BLOB) ? "script-src blob:" : refuses(WORKERS, BLOB) ? "worker-src blob:" : WORKLET);
      refused = onPage = true;
    },
    /** Nothing sounds, for the `first` time in this call or again. Gives whether to try once more, on this thread. */
    leaveWorklet(first) {
      if (refused) return false;
      // A device that sleeps lets neither sound, and the next call may have the worklet again.
      missing[first ? "add" : "delete"](WORKLET);
      return (onPage = first);
    },
    makeNode: (context) =>
      onPage
        ? audioOnPage(context, module)
        : new AudioWorkletNode(context, "vocadesk-audio", {
            outputChannelCount: [1],
            channelCount: 1,
            channelCountMode: "explicit",
            processorOptions: { module },
          }),
    makeWorker() {
      // The worklet, which is not in a hurry, waits until it is known whether a policy refuses the Worker.
      woken = new Promise((resolve) => setTimeout((wake = resolve), WAKE_MS));
      lacks = "trusted-types vocadesk";
      const from = trusted(blobUrl());
      lacks = "Worker";
      if (refuses(WORKERS, BLOB)) throw from;
      const worker = list.keep(new Worker(from), terminate);
      worker.onmessage = ({ data }) => {
        wake();
        locks.set(worker, data);
      };
      return worker;
    },
    /** Its lock can be had once it is gone; where it has told of none, that cannot be told. */
    isGone: async (worker) => {
      const lock = locks.get(worker);
      return !lock || navigator.locks.request(lock, { ifAvailable: true }, Boolean);
    },
    serveHere(port) {
      serveCall(
        port,
        () => {},
        (socket) => list.keep(socket, (left) => left.close()),
      );
      reported(() => refuses(WORKERS, BLOB)).then(() => {
        missing.add(refuses(WORKERS, BLOB) ? "worker-src blob:" : lacks);
        wake();
      });
    },
    bringCallBar: (integrity) =>
      bringScript(CALL_BAR, integrity).then(
        (open) =>
          (...given) =>
            list.keep(open(...given), (update) => update({ close: {} })),
        without(CALL_BAR),
      ),
    // Not at once: it is asked for while we draw, and a page's own fetch is the page's code.
    bringTexts: (name, integrity) =>
      Promise.resolve()
        .then(() => bringTexts(name, integrity))
        .catch(without(name)),
  };
}
