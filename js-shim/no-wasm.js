// The second script: the same Rust without WebAssembly, for pages whose Content-Security-Policy refuses
// that. Brought by the first one; it leaves on its own tag what starts the page, and wakes up in the same realms.
// JavaScript by its nature.
import "./audio-realm.js";
import { runAudioWorklet } from "./audio-worklet.js";
import { runCallWorker } from "./call-worker.js";
import { tag } from "./current-script.js";
import { startPage, starter } from "./realms.js";

if (handover) handover.startPage = startPage;
else if (typeof registerProcessor === "function") runAudioWorklet();
else if (typeof document === "undefined") runCallWorker();
else tag.open = starter(vocadesk);
