"use client";
// React 18 and 19. A ref callback binds and lets go while the element is in the document, so the end of a call that is
// unmounted bubbles as ever.
import { createElement, forwardRef, useEffect, useImperativeHandle } from "react";
import { useMemo, useRef, useState, useSyncExternalStore } from "react";
import { OPTIONS, attributesOf, createCall } from "./call.js";

/** React has no properties for events of a page's own. */
const EVENTS = {
  onCallState: "vocadesk:state",
  onCallStart: "vocadesk:start",
  onCallEnd: "vocadesk:end",
  onCallError: "vocadesk:error",
  onCallTranscript: "vocadesk:transcript",
  onCallMute: "vocadesk:mute",
};

/** @type {typeof import("./react.d.ts").useCall} */
export function useCall(options) {
  const [call] = useState(() => createCall(options));
  const now = useSyncExternalStore(call.subscribe, call.now, call.atRest);
  useEffect(() => call.update(options));
  return useMemo(() => ({ ...now, ref: call.attach, start: call.start, end: call.end, mute: call.mute }), [call, now]);
}

/** @type {typeof import("./react.d.ts").CallButton} */
export const CallButton = forwardRef(function CallButton(properties, ref) {
  const [options, handlers, attributes] = [{}, {}, {}];
  for (const [name, value] of Object.entries(properties)) {
    const kind = OPTIONS.includes(name) ? options : name in EVENTS ? handlers : attributes;
    kind[name] = value;
  }
  const [call] = useState(() => createCall(options));
  const latest = useRef(handlers);
  const host = useRef(null);
  const [attach] = useState(() => {
    const tell = (event) => {
      const [name] = Object.entries(EVENTS).find(([, type]) => type === event.type);
      latest.current[name]?.(event);
    };
    return (element) => {
      // Never taken off: the end of a call that is unmounted comes when the element is let go.
      for (const type of Object.values(EVENTS)) element?.addEventListener(type, tell);
      host.current = element;
      call.attach(element);
    };
  });
  useImperativeHandle(ref, () => host.current);
  useEffect(() => {
    latest.current = handlers;
    call.update(options);
  });
  return createElement("button", { type: "button", ...attributesOf(options), ...attributes, ref: attach });
});
