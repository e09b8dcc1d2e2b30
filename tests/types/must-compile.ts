// What customers write: all of this must compile.

const bySelector = window.Vocadesk.mount("#support-button", { embedId: "emb_abc123", label: "Talk to us" });
bySelector.destroy();
Vocadesk.mount(document.body).destroy();
const { missing, malformed = 0, dropped = 0, underruns = 0 } = bySelector.diagnostics();
const lacking: readonly string[] = missing;
console.log(lacking, (malformed + dropped + underruns).toFixed());
Vocadesk.mount("#a", { apiUrl: "https://a.example", wssUrl: "wss://a.example", turnstileToken: "solved" });
Vocadesk.mount("#a", { turnstileToken: () => "solved" });
Vocadesk.mount("#a", { turnstileToken: async () => "solved" });

Vocadesk.mount("#a", { lang: "de-AT", ui: "none", controls: "none", labels: { live: "Auflegen", mic_denied: "Kein Mikrofon", mute: "Stumm" } });
bySelector.start();
bySelector.mute(true);
bySelector.end();
const states: Record<Vocadesk.State, string> = {
  idle: "",
  asking: "",
  connecting: "",
  live: "",
  reconnecting: "",
  ending: "",
  ended: "",
  error: "",
};
console.log(states[bySelector.state]);

const host = document.querySelector("button")!;
host.addEventListener("vocadesk:start", (event) => event.detail satisfies null);
host.addEventListener("vocadesk:end", (event) => event.detail.durationMs.toFixed());
document.addEventListener("vocadesk:error", ({ detail: { code, message } }) => {
  const known: Record<Vocadesk.ErrorCode, string> = {
    mic_denied: "",
    mic_unavailable: "",
    token_failed: "",
    ws_failed: "",
    concurrent_call_active: "",
    network: "",
    unknown: "",
  };
  return known[code] + message.trim();
});
document.addEventListener("vocadesk:transcript", ({ detail: { role, text, seq } }) => {
  const who: "user" | "assistant" = role;
  return who + text.trim() + seq.toFixed();
});
document.addEventListener("vocadesk:mute", (event) => event.detail.muted satisfies boolean);
document.addEventListener("vocadesk:state", ({ detail: { state, previous } }) => {
  const waits: boolean = state === "asking" || state === "connecting";
  return waits && (previous satisfies Vocadesk.State);
});
window.addEventListener("vocadesk:end", (event: Vocadesk.EndEvent) => event.detail);
const [major] = Vocadesk.version.split(".");
export { major };
