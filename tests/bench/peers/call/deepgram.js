// Deepgram's agent element, with no room for its picture: where the processor has to draw it, it takes the page's
// whole thread. The double that the element speaks to (tests/bench/call/deepgram.rs) finds the call's token
// among the settings.
import "@deepgram/browser-agent";
import { token } from "./gateway.js";

const element = document.createElement("deepgram-agent");
// Without a time it hangs up at once.
const attributes = { width: 0, height: 0, "output-sample-rate": 24000, "idle-timeout-ms": 3_600_000 };
for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
element.addEventListener("structured message", ({ detail }) => {
  if (detail.type === "SettingsApplied") window.sounds = Date.now();
});
document.body.append(element);

window.talk = async (apiUrl, url, embedId) => {
  element.setAttribute("url", url);
  const linear16 = { encoding: "linear16" };
  const settings = {
    type: "Settings",
    // What its microphone says comes at the device's rate.
    audio: { input: { ...linear16, sample_rate: element.micContext.sampleRate }, output: { ...linear16, sample_rate: 24000 } },
    token: await token(apiUrl, embedId),
  };
  element.setAttribute("config", JSON.stringify(settings));
};
window.hangUp = () => element.disconnect().then(() => element.removeAttribute("config"));
