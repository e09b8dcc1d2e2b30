// Svelte components, by their types.
import { mount, type ComponentProps } from "svelte";
import { get } from "svelte/store";
import { CallButton, useCall } from "@vocadesk/embed/svelte";

const call = useCall({ embedId: "emb_abc123", ui: "none" });
const detach: () => void = call.attach(document.body);
call.subscribe(({ state, transcript }) => console.log(state satisfies Vocadesk.State, transcript.length));
call.update({ embedId: "emb_abc124" });
console.log(get(call).error?.code satisfies Vocadesk.ErrorCode | undefined);
call.start();
call.mute(true);
call.end();
detach();

const props: ComponentProps<typeof CallButton> = { embedId: "emb_abc123", class: "big", type: "button" };
mount(CallButton, { target: document.body, props });
props["onvocadesk:end"] = (event) => event.detail.durationMs.toFixed();

// @ts-expect-error an id is needed
mount(CallButton, { target: document.body, props: {} });
// @ts-expect-error an end has no code
props["onvocadesk:end"] = (event) => event.detail.code;
// @ts-expect-error an element is needed
call.attach();
