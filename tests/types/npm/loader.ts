// The package without a framework, by its types.
import { loadVocadesk, type LoadOptions } from "@vocadesk/embed";
import { VocadeskCall } from "@vocadesk/embed/element";

const options: LoadOptions = { src: "/vocadesk/vocadesk.min.js", nonce: "abc" };
const vocadesk = await loadVocadesk(options);
const handle: Vocadesk.Handle = vocadesk.mount("#support-button", { embedId: "emb_abc123" });
// One truth: what it gives is what the script defines.
vocadesk satisfies typeof window.Vocadesk;
handle.destroy();

const element = document.querySelector("vocadesk-call")!;
element.options = { labels: { live: "Auflegen" }, turnstileToken: async () => "solved" };
element.start();
element.mute(true);
element.addEventListener("vocadesk:end", (event) => event.detail.durationMs.toFixed());
console.log(element instanceof VocadeskCall, element.call.state satisfies Vocadesk.State);

// @ts-expect-error the hash is the package's own
loadVocadesk({ integrity: "sha384-…" });
// @ts-expect-error no such option
element.options = { embed: "emb_1" };
// @ts-expect-error what a call is at is read only
element.call = { state: "live" };
