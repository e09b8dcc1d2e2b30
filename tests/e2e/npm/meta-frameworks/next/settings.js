import { connection } from "next/server";

// What the server is started with; what a host of files fills in.
export async function settings() {
  if (process.env.SHOP_IS_STATIC !== "1") await connection();
  return { src: process.env.SCRIPT_URL ?? "{{SCRIPT_URL}}", apiUrl: process.env.API_URL ?? "{{API_URL}}" };
}
