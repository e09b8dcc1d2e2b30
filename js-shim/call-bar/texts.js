// PAGE: the bar's texts: the page's own `labels`, those of a language's file, or English. Of the table it takes what is named
// here; the host's texts stand in the wasm.
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
  speaker,
  still_on,
  unheard,
  unmute,
  unmuted,
  volume,
  you,
} from "../../src/page/labels/en.json";

const english = {
  ...{ agent, bar, captions, captions_off, captions_on, end, microphone, mute },
  ...{ muted, no_captions, options, reconnecting, silenced, speaker, still_on, unheard, unmute, unmuted, volume, you },
};

/**
 * By their keys, and `lang` and `dir` where they are not the page's. `labels` is what the page gave to `mount`, whatever that is;
 * `language` what is in the file, if there is one.
 */
export const texts = (labels, language) => {
  const own = (key) => {
    try {
      return labels[key].trim();
    } catch {
      // No such text, or a getter that throws.
    }
  };
  const { lang, dir, texts } = language ?? {};
  const all = Object.entries(english).map(([key, text]) => [key, own(key) || texts?.[key] || text]);
  return { lang, dir, ...Object.fromEntries(all) };
};
