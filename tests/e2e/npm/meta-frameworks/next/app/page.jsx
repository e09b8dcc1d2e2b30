import { Shop } from "./Shop.jsx";
import { settings } from "../settings.js";

export default async function Page() {
  return <Shop settings={await settings()} />;
}
