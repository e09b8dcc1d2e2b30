/// <reference path="./vocadesk.d.ts" />
import type { Component } from "svelte";
import type { HTMLButtonAttributes } from "svelte/elements";
import type { Readable } from "svelte/store";
import type { CallControls, CallOptions, CallState } from "./call.js";

export type { CallControls, CallOptions, CallState, Line } from "./call.js";

export interface UsedCall extends Readable<CallState>, CallControls {
  /** For the element that is the call button: `<button {@attach call.attach}>`. */
  attach(element: Element): () => void;
  /** Other options: a running call goes on as it began. */
  update(options: CallOptions): void;
}

/** A call button of your own: a store of what its call is at, and what can be done with it. */
export function useCall(options: CallOptions): UsedCall;

/** Listened to as `onvocadesk:start={…}` and so on. */
export interface CallButtonProps extends Omit<HTMLButtonAttributes, keyof CallOptions>, CallOptions, CallButtonEvents {}

/** One listener for each of our events, by its name. */
export type CallButtonEvents = { [Type in keyof Vocadesk.EventMap as `on${Type}`]?: (event: Vocadesk.EventMap[Type]) => void };

/** A `<button>` that calls. What is no option goes to the element. */
export const CallButton: Component<CallButtonProps>;
