// What a page needs to speak to the reference gateway, besides a client.

export const START = '{"type":"start","agentId":"","promptOverride":null}';

export async function token(apiUrl, embedId) {
  const answer = await fetch(`${apiUrl}/v1/tokens`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ embedId, browserId: crypto.randomUUID() }),
  });
  return (await answer.json()).token;
}

// The engine's own base64 where it has one: the fastest there is.
export function audioFrame(buffer) {
  const bytes = new Uint8Array(buffer);
  const text = bytes.toBase64?.() ?? btoa(String.fromCharCode(...bytes));
  return `{"type":"audio","data":"${text}"}`;
}

export function samples(text) {
  if (Uint8Array.fromBase64) return new Int16Array(Uint8Array.fromBase64(text).buffer);
  const letters = atob(text);
  const bytes = new Uint8Array(letters.length);
  for (let i = 0; i < letters.length; i++) bytes[i] = letters.charCodeAt(i);
  return new Int16Array(bytes.buffer);
}
