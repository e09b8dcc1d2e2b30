export const state = $state({ ...window.first });
