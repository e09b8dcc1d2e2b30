/// <reference path="./vocadesk.d.ts" />
import type { ButtonHTMLAttributes, ComponentPublicInstance, ComputedRef } from "vue";
import type { DefineSetupFnComponent, MaybeRefOrGetter, ShallowRef, SlotsType } from "vue";
import type { CallControls, CallOptions, CallState } from "./call.js";

export type { CallControls, CallOptions, CallState, Line } from "./call.js";

export interface UsedCall extends CallControls {
  /** For the element that is the call button: `<button ref="host">`. */
  readonly host: ShallowRef<Element | ComponentPublicInstance | null>;
  readonly state: ComputedRef<CallState["state"]>;
  readonly muted: ComputedRef<CallState["muted"]>;
  readonly transcript: ComputedRef<CallState["transcript"]>;
  readonly error: ComputedRef<CallState["error"]>;
}

/** A call button of your own: what its call is at, and what can be done with it. */
export function useCall(options: MaybeRefOrGetter<CallOptions>): UsedCall;

/** Listened to as `@vocadesk:start="…"` and so on. */
export interface CallButtonProps extends CallOptions, /* @vue-ignore */ Omit<ButtonHTMLAttributes, keyof CallOptions> {}

/** A `<button>` that calls. What is no option goes to the element. */
export const CallButton: DefineSetupFnComponent<CallButtonProps, {}, SlotsType<{ default?: () => any }>>;
