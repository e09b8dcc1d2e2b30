// On the server: it stays while the visitor goes from page to page, and so does the call of its button.
import Link from "next/link";
import { CallButton } from "@vocadesk/embed/react";
import { settings } from "../settings.js";

export const metadata = { title: "A shop in Next" };

export default async function Layout({ children }) {
  return (
    <html lang="en">
      <head>
        {/* Not as metadata, which Next may send behind the head: a browser has asked for /favicon.ico by then. */}
        <link rel="icon" href="data:," />
        <script src="/harness/tap.js" />
      </head>
      <body>
        <Link id="next-about" href="/about">About</Link>
        <CallButton id="next-everywhere" embedId="emb_echo" {...await settings()}>Talk to us</CallButton>
        <main>{children}</main>
      </body>
    </html>
  );
}
