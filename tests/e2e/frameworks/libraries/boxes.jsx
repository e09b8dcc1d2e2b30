// Boxes that close at what happens outside of them, with a call button in each: `window.box` says which.
import * as Headless from "@headlessui/react";
import "@material/web/menu/menu.js";
import * as RadixDialog from "@radix-ui/react-dialog";
import * as RadixPopover from "@radix-ui/react-popover";
import { Dropdown, Modal, Offcanvas } from "bootstrap";
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

// Of those that stay in the page when they are closed: opens one, and notes that it was closed by this event.
function Opened({ open, closed, children, ...props }) {
  const ref = useRef(null);
  useEffect(() => {
    ref.current.addEventListener(closed, () => (window.deactivated = true));
    open(ref.current);
  }, []);
  return <div ref={ref} id="box" tabIndex="-1" {...props}>{children}</div>;
}

function Menu() {
  const ref = useRef(null);
  useEffect(() => {
    ref.current.addEventListener("closed", () => (window.deactivated = true));
    ref.current.show();
  }, []);
  return <><button id="anchor">Help</button><md-menu ref={ref} id="box" anchor="anchor" quick>{call}</md-menu></>;
}

const boxes = {
  "bootstrap modal": () => (
    <Opened className="modal" open={(box) => new Modal(box).show()} closed="hidden.bs.modal">
      <div className="modal-dialog"><div className="modal-content">{call}</div></div>
    </Opened>
  ),
  "bootstrap offcanvas": () => (
    <Opened className="offcanvas" open={(box) => new Offcanvas(box).show()} closed="hidden.bs.offcanvas">{call}</Opened>
  ),
  "bootstrap dropdown": () => (
    <Opened
      className="dropdown"
      open={(box) => new Dropdown(box.firstChild, { autoClose: "outside" }).show()}
      closed="hidden.bs.dropdown"
    >
      <button data-bs-toggle="dropdown">Help</button>
      <div className="dropdown-menu">{call}</div>
    </Opened>
  ),
  "material menu": Menu,
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
