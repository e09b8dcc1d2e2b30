// PAGE: the sound settings: how loud the agent is, which microphone is used.
import { make } from "./elements.js";

// What the visitor has chosen, for the other calls of this page.
let volume = 1;

export function sound(call, texts, signal) {
  const loudness = make("input", { type: "range", max: 1, step: 0.05, value: volume });
  const choice = make("select");
  const field = (text, control) => make("label", {}, [make("span", {}, [text]), control]);
  const fields = [field(texts.volume, loudness), field(texts.microphone, choice)];
  const element = make("div", { class: "options", hidden: "" }, fields);
  const devices = navigator.mediaDevices;

  const setVolume = () => call.volume((volume = Number(loudness.value)));
  // A microphone that the browser does not give is not the one in use.
  choice.onchange = () => call.choose(choice.value).finally(list);

  async function list() {
    const all = await devices.enumerateDevices().catch(() => []);
    const microphones = all.filter(({ kind }) => kind === "audioinput");
    const now = call.microphone();
    choice.replaceChildren(
      ...microphones.map(({ deviceId, label }, nth) => new Option(label || `${texts.microphone} ${(nth + 1).toLocaleString(texts.lang ?? "en")}`, deviceId, false, deviceId === now)),
    );
  }
  devices.addEventListener("devicechange", () => element.hidden || list(), { signal });
  return {
    element,
    last: choice,
    opened: list,
    changed: (element) => element === loudness && setVolume(),
    begin: () => volume < 1 && setVolume(),
  };
}
