/// <reference path="./vocadesk.d.ts" />
import type { LoadOptions } from "./index.js";

/** What `Vocadesk.mount` takes, and how the script comes into the page. */
export interface CallOptions extends Vocadesk.Options, LoadOptions {
  /** The embed's id, `emb_…`. */
  embedId: string;
}

/** A piece of what was said. */
export type Line = Vocadesk.TranscriptEvent["detail"];

/** What a call is at. */
export interface CallState {
  readonly state: Vocadesk.State;
  /** Whether the visitor is muted. */
  readonly muted: boolean;
  /** What was said in the running call, or in the last one. */
  readonly transcript: readonly Line[];
  /** Why the last call could not start or go on; null again when the next one begins. */
  readonly error: Vocadesk.ErrorEvent["detail"] | null;
}

/** What can be done with a call: as of `Vocadesk.Handle`, also while the script is on its way. */
export type CallControls = Pick<Vocadesk.Handle, "start" | "end" | "mute">;

/** A call button in a component's hands. */
export interface Call extends CallControls {
  now(): CallState;
  /** As on a server: the same object always. */
  atRest(): CallState;
  subscribe(listener: (now: CallState) => void): () => void;
  /** Makes this element the call button, or none. */
  attach(element: Element | null | undefined): void;
  /** Other options: a running call goes on as it began. */
  update(options: Partial<CallOptions>): void;
}

export const OPTIONS: readonly string[];
export function attributesOf(options: Partial<CallOptions>): Record<string, string>;
/** Without an id, pressing it says what is missing. */
export function createCall(options: Partial<CallOptions>): Call;
