import { useEffect, useRef } from "react";

function Call({ way, embedId, apiUrl, color, label, badge, onClick, onStart }) {
  const host = useRef(null);
  useEffect(() => {
    if (way !== "mounted") return;
    const handle = window.Vocadesk.mount(host.current, { embedId, apiUrl });
    return () => handle.destroy();
  }, [way, embedId, apiUrl]);
  // React has no props for custom events of built-in elements.
  useEffect(() => {
    const element = host.current;
    element.addEventListener("vocadesk:start", onStart);
    return () => element.removeEventListener("vocadesk:start", onStart);
  }, [onStart]);
  const marks = way === "marked" && {
    "data-vocadesk-embed": embedId,
    "data-vocadesk-api-url": apiUrl,
  };
  return (
    <button id="call" ref={host} style={{ color }} onClick={onClick} {...marks}>
      {badge === null ? label : <><i>☎</i> {label} {badge && <b>{badge}</b>}</>}
    </button>
  );
}

export function App({ key_, shown, ...call }) {
  return (
    <section key={key_}>
      <p>{call.label}</p>
      {shown && <Call {...call} />}
    </section>
  );
}
