// What the types must catch: each line marked so must be an error, or tsc fails on the mark itself.

// @ts-expect-error a target is needed
Vocadesk.mount();
// @ts-expect-error nothing but a selector or an element
Vocadesk.mount(7);
// @ts-expect-error no such option
Vocadesk.mount("#a", { embedid: "emb_1" });
// @ts-expect-error an id is a string
Vocadesk.mount("#a", { embedId: 7 });
// @ts-expect-error a language is a tag
Vocadesk.mount("#a", { lang: ["de"] });
// @ts-expect-error a number is no token
Vocadesk.mount("#a", { turnstileToken: async () => 7 });
// @ts-expect-error a handle has no such method
Vocadesk.mount("#a").stop();
// @ts-expect-error a state is read only
Vocadesk.mount("#a").state = "idle";
// @ts-expect-error muted or not
Vocadesk.mount("#a").mute("on");
// @ts-expect-error nothing but none
Vocadesk.mount("#a", { ui: "all" });
// @ts-expect-error no such key
Vocadesk.mount("#a", { labels: { hello: "Hallo" } });
// @ts-expect-error a transcript has no such role
document.addEventListener("vocadesk:transcript", (event) => event.detail.role === "system");
// @ts-expect-error the version is read only
Vocadesk.version = "1.0.0";
// @ts-expect-error no such detail
document.addEventListener("vocadesk:end", (event) => event.detail.duration);
// @ts-expect-error no such code
document.addEventListener("vocadesk:error", (event) => event.detail.code === "mic_blocked");
// @ts-expect-error a start has no detail
document.addEventListener("vocadesk:start", (event) => event.detail.durationMs);
export {};
