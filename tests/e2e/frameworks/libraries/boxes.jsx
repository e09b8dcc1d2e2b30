// Boxes that close at what happens outside of them, with a call button in each: `window.box` says which.
import * as Headless from "@headlessui/react";
import * as RadixDialog from "@radix-ui/react-dialog";
import * as RadixPopover from "@radix-ui/react-popover";
import { createFocusTrap } from "focus-trap";
import { useEffect, useRef } from "react";
import { createRoot } from "react-dom/client";

const call = <button id="call" data-vocadesk-embed="emb_echo" data-vocadesk-api-url={window.apiUrl}>Talk</button>;

function Trap() {
  const ref = useRef(null);
  useEffect(() => {
    const trap = createFocusTrap(ref.current, { clickOutsideDeactivates: true, onDeactivate: () => (window.deactivated = true) });
    trap.activate();
    return () => trap.deactivate();
  }, []);
  return <div ref={ref} id="box">{call}<button>Other</button></div>;
}

const boxes = {
  "radix dialog": () => (
    <RadixDialog.Root defaultOpen>
      <RadixDialog.Portal>
        <RadixDialog.Overlay />
        <RadixDialog.Content id="box" aria-describedby={undefined}><RadixDialog.Title>Help</RadixDialog.Title>{call}</RadixDialog.Content>
      </RadixDialog.Portal>
    </RadixDialog.Root>
  ),
  "radix popover": () => (
    <RadixPopover.Root defaultOpen>
      <RadixPopover.Anchor>Help</RadixPopover.Anchor>
      <RadixPopover.Portal><RadixPopover.Content id="box">{call}</RadixPopover.Content></RadixPopover.Portal>
    </RadixPopover.Root>
  ),
  "radix dialog elsewhere": () => (
    <>
      {call}
      <RadixDialog.Root>
        <RadixDialog.Trigger id="open">Terms</RadixDialog.Trigger>
        <RadixDialog.Portal>
          <RadixDialog.Content id="box" aria-describedby={undefined}><RadixDialog.Title>Terms</RadixDialog.Title></RadixDialog.Content>
        </RadixDialog.Portal>
      </RadixDialog.Root>
    </>
  ),
  "headless dialog": () => {
    const close = () => document.getElementById("box")?.remove();
    return <Headless.Dialog open onClose={close}><Headless.DialogPanel id="box">{call}</Headless.DialogPanel></Headless.Dialog>;
  },
  "headless popover": () => (
    <Headless.Popover>
      <Headless.PopoverButton id="open">Help</Headless.PopoverButton>
      <Headless.PopoverPanel id="box">{call}</Headless.PopoverPanel>
    </Headless.Popover>
  ),
  "focus-trap": Trap,
};

const Box = boxes[window.box];
createRoot(document.getElementById("app")).render(<Box />);
