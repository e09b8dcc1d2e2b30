// PAGE: the sound settings: how loud the agent is and from where it comes, which microphone is used and what it gives.
import { make } from "./elements.js";
import { keep, kept } from "./kept.js";

// Who has turned the last call down to nothing hears the next one, and where to turn it up.
const LEAST_VOLUME = 0.1;

// Chromium's own entry for whichever device is the default one.
const DEFAULT = "default";

export function sound(call, texts, signal) {
  const stored = parseFloat(kept("volume"));
  const volume = stored >= 0 ? Math.max(LEAST_VOLUME, Math.min(1, stored)) : 1;
  const loudness = make("input", { type: "range", max: 1, step: 0.05, value: volume });
  const microphone = make("select");
  const speaker = make("select");
  const level = make("em", { "aria-hidden": "true" });
  const field = (text, ...controls) => make("label", {}, [make("span", {}, [text]), ...controls]);
  const speakers = field(texts.speaker, speaker);
  const fields = [field(texts.volume, loudness), field(texts.microphone, microphone, level), speakers];
  const element = make("div", { class: "options", hidden: "" }, fields);
  const devices = navigator.mediaDevices;
  const canChoose = "setSinkId" in AudioContext.prototype;
  speakers.hidden = !canChoose;
  let inUse, choosing; // the microphone that the list shows, and whether another is asked for

  const all = async () => {
    try {
      return await devices.enumerateDevices();
    } catch {
      return [];
    }
  };

  // A microphone that the browser does not give is not the one in use.
  microphone.onchange = () => {
    choosing = true;
    call.choose(microphone.value).finally(() => {
      choosing = false;
      list();
    });
  };
  speaker.onchange = () => {
    keep("speaker", speaker.value);
    route().finally(list);
  };

  // To the speaker that was chosen, while it is there; unless one was, to wherever the browser plays.
  async function route() {
    const chosen = kept("speaker");
    if (!chosen || !canChoose) return;
    const there = (await all()).some(({ kind, deviceId }) => kind === "audiooutput" && deviceId === chosen);
    await call.playOn(there && chosen !== DEFAULT ? chosen : "");
  }

  async function list() {
    const found = await all();
    inUse = call.microphone();
    fill(microphone, found, "audioinput", texts.microphone, inUse);
    fill(speaker, found, "audiooutput", texts.speaker, call.speaker() || DEFAULT);
    speakers.hidden = !canChoose || !speaker.length;
  }

  function fill(select, found, wanted, text, now) {
    const options = found
      .filter(({ kind }) => kind === wanted)
      .map(({ deviceId, label }, nth) => new Option(label || `${text} ${(nth + 1).toLocaleString(texts.lang ?? "en")}`, deviceId, false, deviceId === now));
    select.replaceChildren(...options);
  }

  const changed = () => route().finally(() => element.hidden || list());
  devices.addEventListener("devicechange", changed, { signal });
  return {
    element,
    last: () => (speakers.hidden ? microphone : speaker),
    opened: list,
    changed(element) {
      if (element !== loudness) return;
      keep("volume", loudness.value);
      call.volume(Number(loudness.value));
    },
    /** Called now and then: nobody tells the bar when the microphone in use has given way to another. */
    look: () => element.hidden || choosing || call.microphone() === inUse || list(),
    begin() {
      if (volume < 1) call.volume(volume);
      route();
    },
    /** What the microphone gives, in steps. */
    level: (steps) => level.style.setProperty("--vocadesk-you", steps),
  };
}
