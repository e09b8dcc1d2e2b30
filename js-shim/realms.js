// PAGE: makes the two other realms, or what stands for them on the page's own thread where the site's
// Content-Security-Policy refuses them.
import { serveCall } from "wasm-glue";
import { audioOnPage } from "./audio-on-page.js";
import { bringScript } from "./bring-script.js";
import { url } from "./own-tag.js";
import { refuses, told } from "./policy.js";
import { trusted } from "./trusted.js";

// Where a policy says what may run in a worklet and in a Worker, and what lets ours in: from a blob:, or from
// the script's own URL, for which any source will do that is no keyword, nonce or hash.
const SCRIPTS = ["script-src", "default-src"];
const WORKLETS = ["script-src-elem", ...SCRIPTS];
const WORKERS = ["worker-src", "child-src", ...SCRIPTS];
const BLOB = (source) => source === "blob:" || source === "'strict-dynamic'";
const HOST = (source) => source[0] !== "'" || (source === "'self'" && url.startsWith(origin));

// How long a Worker may take to wake up before the worklet waits no longer for it.
const WAKE_MS = 500;

/**
 * What the page wing cannot know by itself. `text` is what this very script says: the tag's integrity hash has
 * covered it. `missing` is told what the policy lacks.
 */
export function realms(text, module, missing) {
  let blob;
  let said; // that there is no call bar
  let onPage; // this thread makes the sound, not a worklet
  let woken, wake; // when the Worker has woken up, or was refused
  const blobUrl = () =>
    (blob ??= URL.createObjectURL(new Blob([`(${text})()`], { type: "text/javascript" })));
  return {
    module,
    // Refused are first what comes from a blob:, then what comes from anywhere but with a nonce.
    async loadWorklet({ audioWorklet }) {
      // Once all that the click starts was started, the Worker too.
      await 0;
      await woken;
      if (onPage) return;
      for (const [from, lets] of [[blobUrl(), BLOB], [url, HOST]]) {
        if (refuses(WORKLETS, lets)) continue;
        try {
          return await audioWorklet.addModule(from);
        } catch {
          await told();
        }
      }
      missing.add("script-src blob:");
      onPage = true;
    },
    /** Nothing sounds: the other way is tried from now on. Gives whether there is another for this call. */
    leaveWorklet() {
      missing.add("AudioWorklet");
      // A device that sleeps lets neither sound, and the next call may have the worklet again.
      return (onPage = !onPage);
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
      if (refuses(WORKERS, BLOB)) throw blob;
      const worker = new Worker(trusted(blobUrl()));
      worker.onmessage = wake;
      return worker;
    },
    serveHere(port) {
      missing.add("worker-src blob:");
      serveCall(port, () => {});
      told().then(wake);
    },
    /** Brings the script of the call bar, and opens one; gives what tells it something, now or once it is there. */
    callBar(integrity, ...given) {
      const bar = bringScript("vocadesk.call-bar.min.js", integrity, "").then((open) => open(...given));
      // A call goes on without it.
      bar.catch((error) => said ?? console.info((said = error.message)));
      return (words) => bar.then((tell) => tell(words)).catch(() => {});
    },
  };
}
