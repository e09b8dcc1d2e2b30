/// <reference path="./vocadesk.d.ts" />
import type { ButtonHTMLAttributes, ForwardRefExoticComponent, RefAttributes } from "react";
import type { CallControls, CallOptions, CallState } from "./call.js";

export type { CallControls, CallOptions, CallState, Line } from "./call.js";

export interface UsedCall extends CallState, CallControls {
  /** For the element that is the call button: `<button ref={call.ref}>`. */
  readonly ref: (element: Element | null) => void;
}

/** A call button of your own: what its call is at, and what can be done with it. */
export function useCall(options: CallOptions): UsedCall;

export interface CallButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, keyof CallOptions>, CallOptions {
  onCallState?(event: Vocadesk.StateEvent): void;
  onCallStart?(event: Vocadesk.StartEvent): void;
  onCallEnd?(event: Vocadesk.EndEvent): void;
  onCallError?(event: Vocadesk.ErrorEvent): void;
  onCallTranscript?(event: Vocadesk.TranscriptEvent): void;
  onCallMute?(event: Vocadesk.MuteEvent): void;
}

/** A `<button>` that calls. What is no option goes to the element. */
export const CallButton: ForwardRefExoticComponent<CallButtonProps & RefAttributes<HTMLButtonElement>>;
