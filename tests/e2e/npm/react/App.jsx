import { useEffect, useState } from "react";
import { Home } from "./Home.jsx";

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
      {path === "/about" ? <p id="react-is-about">We sell lamps.</p> : <Home shop="react" settings={settings} />}
    </main>
  );
}
