// React components, by their types.
import { useRef } from "react";
import { CallButton, useCall } from "@vocadesk/embed/react";

export function Page() {
  const button = useRef<HTMLButtonElement>(null);
  const call = useCall({ embedId: "emb_abc123", ui: "none", nonce: "abc", lang: "de", labels: { live: "Auflegen" } });
  const said: string[] = call.transcript.map(({ role, text }) => (role === "user" ? text : `— ${text}`));
  return (
    <>
      <CallButton ref={button} embedId="emb_abc123" lang="de" className="big" onCallEnd={({ detail }) => detail.durationMs.toFixed()}>
        Talk to us
      </CallButton>
      <button ref={call.ref} type="button" disabled={call.state === "ending"}>
        {call.error ? call.error.code : said.join()}
      </button>
      <button onClick={() => call.mute(!call.muted)}>Mute</button>
      <button onClick={call.end}>End</button>
    </>
  );
}

// @ts-expect-error an id is needed
<CallButton>Talk</CallButton>;
// @ts-expect-error no such option
<CallButton embedId="emb_1" agent="a" />;
// @ts-expect-error an end has no code
<CallButton embedId="emb_1" onCallEnd={(event) => event.detail.code} />;
// @ts-expect-error an id is needed
useCall({});
// @ts-expect-error a state is one of seven
useCall({ embedId: "emb_1" }).state === "ringing";
