import { useEffect, useState } from "react";
import { CallButton, useCall } from "@vocadesk/embed/react";

// A button with everything of ours, and one that the page draws itself.
function Home({ settings }) {
  const [shown, setShown] = useState(true);
  const [ends, setEnds] = useState(0);
  return (
    <>
      {shown && (
        <CallButton id="react-call" embedId="emb_echo" {...settings} onCallEnd={() => setEnds((ends) => ends + 1)}>
          Talk to us
        </CallButton>
      )}
      <button id="react-hide" onClick={() => setShown(!shown)}>
        {shown ? "Hide" : "Show"}
      </button>
      <output id="react-ends">{ends}</output>
      <Own settings={settings} />
    </>
  );
}

function Own({ settings }) {
  const call = useCall({ embedId: "emb_echo", ui: "none", ...settings });
  return (
    <section>
      <button id="react-own" ref={call.ref}>
        {call.state}
      </button>
      <button id="react-start" onClick={call.start}>Start</button>
      <button id="react-mute" onClick={() => call.mute(!call.muted)}>{call.muted ? "Unmute" : "Mute"}</button>
      <button id="react-end" onClick={call.end}>End</button>
      <output id="react-error">{call.error?.code}</output>
      <output id="react-said">{call.transcript.map(({ role, text }) => `${role}: ${text}`).join("; ")}</output>
    </section>
  );
}

export function App({ settings }) {
  const [path, setPath] = useState("/");
  useEffect(() => {
    const read = () => setPath(location.pathname);
    addEventListener("popstate", read);
    return () => removeEventListener("popstate", read);
  }, []);
  function go(event) {
    event.preventDefault();
    history.pushState(null, "", event.currentTarget.href);
    setPath(location.pathname);
  }
  return (
    <main>
      <a id="react-about" href="/about" onClick={go}>About</a>
      {path === "/about" ? <p id="react-is-about">We sell lamps.</p> : <Home settings={settings} />}
    </main>
  );
}
