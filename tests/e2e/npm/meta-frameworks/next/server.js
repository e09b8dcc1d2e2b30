// What `next start` does, on a port that the system gives: says the address, and ends with whoever started it.
import { createServer } from "node:http";
import next from "next";

const app = next({ dev: false, dir: new URL(".", import.meta.url).pathname });
await app.prepare();
const server = createServer(app.getRequestHandler());
server.listen(0, "127.0.0.1", () => console.log(`http://localhost:${server.address().port}`));
process.stdin.on("end", () => process.exit()).resume();
