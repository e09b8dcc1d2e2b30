import { useState } from "react";
import { CallButton, useCall } from "@vocadesk/embed/react";

// A button with everything of ours, and one that the page draws itself. Every shop in React has it; `shop` begins its ids.
export function Home({ shop, settings }) {
  const [shown, setShown] = useState(true);
  const [ends, setEnds] = useState(0);
  return (
    <>
      {shown && (
        <CallButton id={`${shop}-call`} embedId="emb_echo" {...settings} onCallEnd={() => setEnds((ends) => ends + 1)}>
          Talk to us
        </CallButton>
      )}
      <button id={`${shop}-hide`} onClick={() => setShown(!shown)}>
        {shown ? "Hide" : "Show"}
      </button>
      <output id={`${shop}-ends`}>{ends}</output>
      <Own shop={shop} settings={settings} />
    </>
  );
}

function Own({ shop, settings }) {
  const call = useCall({ embedId: "emb_echo", ui: "none", ...settings });
  return (
    <section>
      <button id={`${shop}-own`} ref={call.ref}>
        {call.state}
      </button>
      <button id={`${shop}-start`} onClick={call.start}>Start</button>
      <button id={`${shop}-mute`} onClick={() => call.mute(!call.muted)}>{call.muted ? "Unmute" : "Mute"}</button>
      <button id={`${shop}-end`} onClick={call.end}>End</button>
      <output id={`${shop}-error`}>{call.error?.code}</output>
      <output id={`${shop}-said`}>{call.transcript.map(({ role, text }) => `${role}: ${text}`).join("; ")}</output>
    </section>
  );
}
