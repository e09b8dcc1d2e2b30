// PAGE: the call bar, a script of its own that comes with the first call. It draws what it is told and tells
// what the visitor wants; it knows nothing of calls. entry.js leads to it.
import css from "call-bar.css";
import { captions } from "./captions.js";
import { colour } from "./colours.js";
import { button, make } from "./elements.js";
import { follow } from "./follow.js";
import { END, MICROPHONE, OPTIONS, STRUCK, TEXT } from "./icons.js";
import { keyboard } from "./keyboard.js";
import { mediaSession } from "./media-session.js";
import { keepPrivate } from "./privacy.js";
import { sound } from "./sound.js";

// What the visitor has chosen, for the other calls of this page.
let readsAlong = false;

/** `call` is what the visitor may do with it, `texts` every label by its key. */
export function open(host, call, texts) {
  const root = make("div", { role: "region", "aria-label": texts.bar, "data-vocadesk-bar": "" });
  const shadow = root.attachShadow({ mode: "closed" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  shadow.adoptedStyleSheets = [sheet];

  const over = new AbortController();
  const { signal } = over;
  let muted = false;
  const said = captions(texts);
  const settings = sound(call, texts, signal);
  const toggleMute = () => call.mute(!muted);

  const voices = make("span", { class: "voices", "aria-hidden": "true" }, [1, 2, 3, 4].map(() => make("i")));
  const time = make("span", { class: "time", role: "timer" });
  const mute = button(MICROPHONE, texts.mute, toggleMute, { "aria-keyshortcuts": "M" });
  const read = button(TEXT, texts.captions_on, () => reveal(said, read));
  const adjust = button(OPTIONS, texts.options, () => reveal(settings, adjust), { "aria-expanded": false });
  const end = button(END, texts.end, () => call.end(), { class: "end" });
  const row = make("div", { class: "row" }, [voices, time, ...[mute, read, adjust, end].map(({ element }) => element)]);
  const status = make("span", { role: "status" });
  const note = make("p", { class: "note", hidden: "" });
  const bar = make("div", { class: "bar" }, [row, note, settings.element, said.element, status]);
  shadow.append(bar);

  const place = follow(host, root, shadow, texts, signal);
  const session = mediaSession(call.end, toggleMute);
  const last = () => (!said.element.hidden ? said.element : settings.element.hidden ? end.element : settings.last());
  const key = keyboard(host, shadow, mute.element, last, signal);
  const heard = (event, element) => {
    const pressed = element?.closest("button");
    // The focus stays where the page has it.
    if (event.type === "mousedown" && pressed) event.preventDefault();
    if (event.type === "click") pressed?.press();
    if (event.type === "keydown") key(event, element);
    if (event.type === "input") settings.changed(element);
  };
  keepPrivate(root, shadow, heard, signal);
  settings.begin();
  place();
  colour(host, bar, call.contrast);
  if (readsAlong) reveal(said, read);

  function reveal(panel, { element, label, on }) {
    const shows = panel.element.hidden;
    panel.element.hidden = !shows;
    on(shows);
    if (panel === said) label((readsAlong = shows) ? texts.captions_off : texts.captions_on);
    else element.setAttribute("aria-expanded", shows);
    place();
    if (shows) panel.opened();
  }

  return {
    show({ muted: mutedNow, trouble, reconnecting, time: clock }) {
      if (signal.aborted) return;
      // Said aloud beside the host.
      note.hidden = !trouble && !reconnecting;
      const waiting = mutedNow ? texts.reconnecting : `${texts.reconnecting} ${texts.still_on}`;
      note.textContent = reconnecting ? waiting : texts[trouble];
      if (mutedNow !== muted) {
        muted = mutedNow;
        mute.label(muted ? texts.unmute : texts.mute, muted ? MICROPHONE + STRUCK : MICROPHONE);
        mute.on(muted);
        session.muted(muted);
        // With the focus on it the button says so itself, by its new name.
        if (shadow.activeElement !== mute.element) status.textContent = muted ? texts.muted : texts.unmuted;
      }
      time.textContent = clock;
      settings.look();
      colour(host, bar, call.contrast);
      place();
      // Where there is no room for it the host shows level and clock.
      return root.hasAttribute("data-out");
    },
    levels({ microphone, agent }) {
      voices.style.cssText = `--vocadesk-you:${microphone};--vocadesk-agent:${agent}`;
      settings.level(microphone);
    },
    transcript: said.add,
    close() {
      if (signal.aborted) return;
      over.abort();
      session.end();
      // Before it goes: where the focused element vanishes, the keyboard starts from the page's top.
      if (shadow.activeElement) host.focus({ preventScroll: true });
      root.remove();
      host = undefined;
    },
  };
}

