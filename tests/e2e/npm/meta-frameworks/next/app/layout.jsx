// On the server: it stays while the visitor goes from page to page, and so does the call of its button.
import Link from "next/link";
import { CallButton } from "@vocadesk/embed/react";
import { settings } from "../settings.js";

export const metadata = { title: "A shop in Next", icons: "data:," };

export default async function Layout({ children }) {
  return (
    <html lang="en">
      <head>
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
