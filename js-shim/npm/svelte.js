export { default as CallButton } from "./CallButton.svelte";
export { useCall } from "./store.js";
