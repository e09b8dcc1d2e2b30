// Vue components, by their types: `h` stands for a template.
import { computed, h, ref } from "vue";
import { CallButton, useCall } from "@vocadesk/embed/vue";

const embedId = ref("emb_abc123");
const { host, state, muted, transcript, error, start, end, mute } = useCall(() => ({ embedId: embedId.value, controls: "none" }));
const said = computed(() => transcript.value.map(({ role, text }) => `${role}: ${text}`));
export const own = () => [
  h("button", { ref: host, disabled: state.value === "ending", onClick: start }, error.value?.code ?? said.value.join()),
  h("button", { onClick: () => mute(!muted.value) }, "Mute"),
  h("button", { onClick: end }, "End"),
];
export const ready = h(CallButton, { embedId: "emb_abc123", label: "Talk", class: "big" }, () => "Talk to us");

// @ts-expect-error a state is read only
state.value = "live";
// @ts-expect-error an id is needed
useCall({ label: "Talk" });
// @ts-expect-error an id is a string
h(CallButton, { embedId: 7 });
