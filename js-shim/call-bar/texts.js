// PAGE: the bar's texts: the page's own `labels`, or English. Of the table it takes what is named here; the host's
// texts stand in the wasm.
import {
  agent,
  bar,
  captions,
  captions_off,
  captions_on,
  end,
  microphone,
  mute,
  muted,
  no_captions,
  options,
  reconnecting,
  silenced,
  still_on,
  unmute,
  unmuted,
  volume,
  you,
} from "../../src/page/labels/en.json";

const english = {
  ...{ agent, bar, captions, captions_off, captions_on, end, microphone, mute },
  ...{ muted, no_captions, options, reconnecting, silenced, still_on, unmute, unmuted, volume, you },
};

/** By their keys; `labels` is what the page gave to `mount`, whatever that is. */
export const texts = (labels) => {
  const own = (key) => {
    try {
      return labels[key].trim();
    } catch {
      // No such text, or a getter that throws.
    }
  };
  return Object.fromEntries(Object.entries(english).map(([key, text]) => [key, own(key) || text]));
};
