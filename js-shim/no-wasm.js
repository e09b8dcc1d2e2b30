// The second script: the same Rust without WebAssembly, for pages whose Content-Security-Policy refuses
// that. Brought by the first one; it leaves the exports on its own tag, and wakes up in the same realms.
import "./audio-realm.js";
import { runAudioWorklet } from "./audio-worklet.js";
import { runCallWorker } from "./call-worker.js";
import { pageExports } from "./page.js";
import { start } from "./start.js";

if (typeof registerProcessor === "function") runAudioWorklet();
else if (typeof document === "undefined") runCallWorker();
else {
  start();
  document.currentScript.open = pageExports(vocadesk);
}
