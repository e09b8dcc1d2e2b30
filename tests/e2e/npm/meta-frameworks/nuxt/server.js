// Nuxt's own server, on a port that the system gives: says the address, and ends with whoever started it.
// It takes 0 for no port at all, and then has 3000; "00" is a port to it, and 0 to the system.
Object.assign(process.env, { NITRO_HOST: "127.0.0.1", NITRO_PORT: "00" });
process.stdin.on("end", () => process.exit()).resume();
await import("./.output/server/index.mjs");
