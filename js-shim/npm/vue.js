// Vue 3.5. The element is let go before Vue takes it out of the document, so the end of a call that is unmounted bubbles as ever.
import { computed, defineComponent, h, onActivated, onDeactivated, onScopeDispose, shallowRef, toValue, watch } from "vue";
import { attributesOf, createCall } from "./call.js";

/** @type {typeof import("./vue.d.ts").useCall} */
export function useCall(options) {
  const call = createCall({ ...toValue(options) });
  const now = shallowRef(call.now());
  const stop = call.subscribe((news) => (now.value = news));
  const host = shallowRef(null);
  const attach = () => call.attach(host.value?.$el ?? host.value);
  watch(host, attach, { flush: "sync" });
  watch(
    () => ({ ...toValue(options) }),
    (options) => call.update(options),
  );
  // Kept alive off the document it is no call button.
  onDeactivated(() => call.attach(null));
  onActivated(attach);
  onScopeDispose(() => {
    call.attach(null);
    stop();
  });
  const part = (name) => computed(() => now.value[name]);
  return {
    host,
    state: part("state"),
    muted: part("muted"),
    transcript: part("transcript"),
    error: part("error"),
    ...{ start: call.start, end: call.end, mute: call.mute },
  };
}

/** @type {typeof import("./vue.d.ts").CallButton} */
export const CallButton = defineComponent({
  name: "CallButton",
  props: {
    embedId: { type: String, required: true },
    ...{ label: String, apiUrl: String, wssUrl: String, ui: String, controls: String, lang: String, src: String, nonce: String },
    labels: Object,
    turnstileToken: [String, Function],
  },
  setup(props, { slots }) {
    const { host } = useCall(props);
    return () => h("button", { type: "button", ...attributesOf(props), ref: host }, slots.default?.());
  },
});
