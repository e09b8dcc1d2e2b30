// PAGE: the system's own keys for a call: hang up, mute.

/** Given back by `end()`. The page's title and what it plays are left alone. */
export function mediaSession(hangUp, toggleMute) {
  const session = navigator.mediaSession;
  const set = (action, handler) => {
    try {
      session.setActionHandler(action, handler);
    } catch {
      // A browser without media sessions, or without these keys.
    }
  };
  const muted = (is) => session?.setMicrophoneActive?.(!is);
  set("hangup", () => hangUp());
  set("togglemicrophone", toggleMute);
  muted(false);
  return {
    muted,
    end() {
      set("hangup", null);
      set("togglemicrophone", null);
      muted(true);
    },
  };
}
