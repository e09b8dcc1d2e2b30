/** Replaces what must be in a tool's output exactly once: a tool that has changed is noticed. */
export function replaceOnce(text, before, after) {
  const parts = text.split(before);
  if (parts.length !== 2) throw new Error(`${parts.length - 1} times, not once: ${before}`);
  return parts.join(after);
}
