// Who is at the far end. Each is an embed of its own (tests/gateway/gateway.toml says what it does), so no page's choice touches
// another's. A microphone is the browser's and not the far end's: for the first two codes the preview stands in for a browser that
// has none to give.

/** By group, name and what it does. `trouble` is the name of the exception that `getUserMedia` throws. */
export const FAR_ENDS = {
  "Answers": {
    demo: { label: "Greets, then repeats what you say", embed: "emb_demo" },
    talks: { label: "Talks and talks", embed: "emb_talks" },
    silent: { label: "Is silent", embed: "emb_silent" },
    hangs_up: { label: "Says one thing and hangs up", embed: "emb_hangs_up" },
  },
  "Has trouble": {
    slow: { label: "Is slow to answer", embed: "emb_slow" },
    line_breaks: { label: "Line breaks after 3 s, and comes back", embed: "emb_line_breaks" },
    line_lost: { label: "Line is cut after 3 s", embed: "emb_line_lost" },
  },
  "Fails, with the code": {
    mic_denied: { label: "mic_denied", embed: "emb_demo", trouble: "NotAllowedError" },
    mic_unavailable: { label: "mic_unavailable", embed: "emb_demo", trouble: "NotFoundError" },
    token_failed: { label: "token_failed", embed: "emb_token_refused" },
    ws_failed: { label: "ws_failed", embed: "emb_socket_closed" },
    concurrent_call_active: { label: "concurrent_call_active", embed: "emb_concurrent" },
    network: { label: "network", embed: "emb_no_answer" },
    unknown: { label: "unknown (after 3 s of a call)", embed: "emb_agent_fails" },
  },
};

export const farEnd = (name) => Object.assign({}, ...Object.values(FAR_ENDS))[name];
