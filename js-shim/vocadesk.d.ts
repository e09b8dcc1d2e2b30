/** Types of the global that `vocadesk.min.js` defines, and of the events that its hosts emit. */

declare namespace Vocadesk {
  /** Options of {@link Embed.mount}. An option wins over the host's attribute of the same meaning. */
  interface Options {
    /** The embed's id, `emb_…`. Attribute: `data-vocadesk-embed`. */
    embedId?: string;
    /** Text of the idle state; default: the host's own content. Attribute: `data-vocadesk-label`. */
    label?: string;
    /** Base of the token endpoint (development, staging). Attribute: `data-vocadesk-api-url`. */
    apiUrl?: string;
    /** Socket for token answers that name none. Attribute: `data-vocadesk-wss-url`. */
    wssUrl?: string;
    /**
     * The page's answer to its own bot challenge, for embeds with bot protection: a string, or a
     * function that gives one or a promise of one and is asked once for each call.
     */
    turnstileToken?: string | (() => string | PromiseLike<string>);
    /**
     * `"none"`: nothing is drawn or said on the host and there is no call bar; the page does that, by the handle and
     * the events. Attribute: `data-vocadesk-ui`.
     */
    ui?: "none";
    /** `"none"`: no call bar beside the host while a call runs. Attribute: `data-vocadesk-controls`. */
    controls?: "none";
    /**
     * The language of our texts (BCP 47): by default that of what the host stands in (`lang`), or the browser's. One that the
     * release has not is English. Attribute: `data-vocadesk-lang`.
     */
    lang?: string;
    /** Texts by their keys, instead of ours; those that are missing, empty or no strings stay ours. */
    labels?: Partial<Record<LabelKey, string>>;
  }

  /** The keys of `labels/en.json`, by which {@link Options.labels} replaces what a visitor sees and hears. */
  type LabelKey =
    | Exclude<State, "error">
    | ErrorCode
    | "cancel"
    | "mic_denied_by_system"
    | "mic_not_allowed"
    | "silenced"
    | "unheard"
    | "reconnecting"
    | "still_on"
    | "press_to_end"
    | "in_call"
    | "again"
    | "bar"
    | "mute"
    | "unmute"
    | "muted"
    | "unmuted"
    | "captions_on"
    | "captions_off"
    | "volume"
    | "microphone"
    | "speaker"
    | "end"
    | "you"
    | "agent"
    | "captions"
    | "no_captions"
    | "options";

  /** What a host's call is at, as `data-vocadesk-state` has it. */
  type State = "idle" | "asking" | "connecting" | "live" | "reconnecting" | "ending" | "ended" | "error";

  /** What {@link Embed.mount} returns, at once, also while the wasm is still on its way. */
  interface Handle {
    /** How well the page lets us work, and how the latest call of the page went. */
    diagnostics(): Diagnostics;
    /** What the host's call is at; `"idle"` before our code has loaded and after {@link Handle.destroy}. */
    readonly state: State;
    /**
     * Starts a call as a click on the host does, unless one is under way. Call it in a visitor's click: without one,
     * browsers let no sound out, and Safari does not ask for the microphone.
     */
    start(): void;
    /** Ends the call, if one is under way: also one that is not connected yet. */
    end(): void;
    /** Mutes the visitor in the running call, or in the next one where there is none; a call's end unmutes. */
    mute(muted: boolean): void;
    /** Ends a running call and leaves the host as it was found. Calling it again does nothing. */
    destroy(): void;
  }

  interface Diagnostics {
    /**
     * What the page lacks for the full quality: directives of its Content-Security-Policy, like `worker-src blob:`, or
     * what does not work although it is allowed: `WebAssembly`, `Worker`, `AudioWorklet`, `vocadesk.call-bar.min.js`,
     * `vocadesk.lang-de.js`.
     * Empty where nothing was given up: sound and socket have threads of their own, and the code is WebAssembly. Known
     * once the first call has started.
     */
    readonly missing: readonly string[];
    /** Frames from the server that could not be read and were left out, in the latest call. Known when it is over;
     * this and the next two are absent before our code has loaded. */
    readonly malformed?: number;
    /**
     * Microphone frames of 20 ms that the network did not take within a second and that were left out, in the
     * latest call. Known when it is over.
     */
    readonly dropped?: number;
    /** How often the agent's sound came too late to be played without a gap, in the latest call; 255 at most. */
    readonly underruns?: number;
  }

  interface Embed {
    /** The release's version, `X.Y.Z`. */
    readonly version: string;
    /**
     * Makes an element a call button. Mounting a host again gives it the new options.
     * @throws TypeError where the selector matches nothing, or no embed id is given.
     */
    mount(target: string | Element, options?: Options): Handle;
  }

  /** Why a call could not start or go on. */
  type ErrorCode =
    | "mic_denied"
    | "mic_unavailable"
    | "token_failed"
    | "ws_failed"
    | "concurrent_call_active"
    | "network"
    | "unknown";

  /** A call begins. */
  type StartEvent = CustomEvent<null>;
  /** A call ends: whole milliseconds since its start. */
  type EndEvent = CustomEvent<{ readonly durationMs: number }>;
  /** Something went wrong: a code for programs, a message for the developer. */
  type ErrorEvent = CustomEvent<{ readonly code: ErrorCode; readonly message: string }>;

  /** Something was said. The same role and number once more: its text has grown. Plain text, never markup. */
  type TranscriptEvent = CustomEvent<{
    readonly role: "user" | "assistant";
    readonly text: string;
    readonly seq: number;
  }>;
  /** The visitor was muted, or is heard again. */
  type MuteEvent = CustomEvent<{ readonly muted: boolean }>;
  /** `data-vocadesk-state` has changed, also before a start. */
  type StateEvent = CustomEvent<{ readonly state: State; readonly previous: State }>;

  interface EventMap {
    "vocadesk:start": StartEvent;
    "vocadesk:end": EndEvent;
    "vocadesk:error": ErrorEvent;
    "vocadesk:transcript": TranscriptEvent;
    "vocadesk:mute": MuteEvent;
    "vocadesk:state": StateEvent;
  }
}

interface Window {
  readonly Vocadesk: Vocadesk.Embed;
}

declare const Vocadesk: Vocadesk.Embed;

// The events bubble and are composed: they can be heard on the host and anywhere above it.
interface HTMLElementEventMap extends Vocadesk.EventMap {}
interface DocumentEventMap extends Vocadesk.EventMap {}
interface WindowEventMap extends Vocadesk.EventMap {}
