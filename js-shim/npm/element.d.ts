/// <reference path="./vocadesk.d.ts" />
import type { CallControls, CallOptions, CallState } from "./call.js";

export type { CallControls, CallOptions, CallState, Line } from "./call.js";

/** `<vocadesk-call embed="emb_…">`, with `label`, `api-url`, `wss-url`, `ui`, `controls`, `src` and `nonce`. */
export class VocadeskCall extends HTMLElement implements CallControls {
  /** What its call is at. */
  readonly call: CallState;
  /** Options that no attribute can say, `labels` and `turnstileToken` among them. They win over attributes. */
  options: Partial<CallOptions>;
  start(): void;
  end(): void;
  mute(muted: boolean): void;
}

declare global {
  interface HTMLElementTagNameMap {
    "vocadesk-call": VocadeskCall;
  }
}
