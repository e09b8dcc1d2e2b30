// PAGE: makes the two other realms, or what stands for them on the page's own thread where the site's
// Content-Security-Policy refuses them.
import { serveCall } from "wasm-glue";
import { audioOnPage } from "./audio-on-page.js";
import { trusted } from "./trusted.js";

/**
 * What the page wing cannot know by itself. `url` is where this very script came from, `text` what it says:
 * the tag's integrity hash has covered it. `missing` is told what the policy lacks.
 */
export function realms(url, text, module, missing) {
  let blob;
  let onPage; // no worklet may run
  const blobUrl = () =>
    (blob ??= URL.createObjectURL(new Blob([`(${text})()`], { type: "text/javascript" })));
  return {
    module,
    // Refused are first what comes from a blob:, then what comes from anywhere but with a nonce.
    loadWorklet: ({ audioWorklet }) =>
      audioWorklet
        .addModule(blobUrl())
        .catch(() => audioWorklet.addModule(url))
        .catch(() => {
          onPage = true;
          missing.add("script-src blob:");
        }),
    makeNode: (context) =>
      onPage
        ? audioOnPage(context, module)
        : new AudioWorkletNode(context, "vocadesk-audio", {
            outputChannelCount: [1],
            channelCount: 1,
            channelCountMode: "explicit",
            processorOptions: { module },
          }),
    makeWorker: () => new Worker(trusted(blobUrl())),
    serveHere(port) {
      missing.add("worker-src blob:");
      serveCall(port, () => {});
    },
  };
}
