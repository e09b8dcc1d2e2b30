// PAGE: what the visitor has chosen in the bar, for the calls after this one: in the browser's storage, from the first choice
// on, and in this page where storage is refused. The chosen microphone is kept by the wasm, which asks for it at the click.

const here = new Map();

/**
 * The text that was kept by this name, or "". Other scripts of the site share the storage: whoever reads sees whether it can be
 * what was written.
 */
export function kept(name) {
  try {
    return here.get(name) ?? String(localStorage.getItem(`vocadesk_${name}`) ?? "");
  } catch {
    return "";
  }
}

export function keep(name, text) {
  here.set(name, text);
  try {
    localStorage.setItem(`vocadesk_${name}`, text);
  } catch {
    // Refused, or full.
  }
}
