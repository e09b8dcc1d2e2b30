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
  }

  /** What {@link Embed.mount} returns, at once, also while the wasm is still on its way. */
  interface Handle {
    /** How well the page lets us work, and how the latest call of the page went. */
    diagnostics(): Diagnostics;
    /** Ends a running call and leaves the host as it was found. Calling it again does nothing. */
    destroy(): void;
  }

  interface Diagnostics {
    /**
     * What the page's Content-Security-Policy lacks for the full quality, like `worker-src blob:`. Empty where
     * nothing was given up: sound and socket have threads of their own, and the code is WebAssembly. `AudioWorklet`
     * where that is allowed and does not work. Known once the first call has started.
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

  interface EventMap {
    "vocadesk:start": StartEvent;
    "vocadesk:end": EndEvent;
    "vocadesk:error": ErrorEvent;
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
