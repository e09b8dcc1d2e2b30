// PAGE: watches the one instance of the Rust side. What breaks it there, a trap or something that was thrown through it, has left
// it half-way through its work, with whatever that holds borrowed: it runs no more. JavaScript, because it stands outside.

let onDeath;

/** Who is called once, should the instance that is made next die; it is told of what. */
export const watchNext = (died) => {
  onDeath = died;
};

/** Makes an instance by `make(imports)`, which gives its exports. Those of one that is dead do nothing, and give 0. */
export function watched(imports, make) {
  const died = onDeath;
  onDeath = undefined;
  if (!died) return make(imports);
  const DEAD = {};
  let dead;
  // Where it has died inside such a call, by a listener of its own for instance, what called stands in the middle of its work.
  const enter = (work) => (...given) => {
    const result = work(...given);
    if (dead) throw DEAD;
    return result;
  };
  let all;
  const leave = (work) => (...given) => {
    if (dead) return 0;
    try {
      return work(...given);
    } catch (error) {
      if (!dead) {
        dead = true;
        // The glue without wasm reads there whether something is to be thrown.
        new Uint8Array(all.memory.buffer).fill(0);
        died(error);
      }
      return 0;
    }
  };
  const each = (these, how) =>
    Object.fromEntries(Object.entries(these).map(([name, one]) => [name, typeof one === "function" ? how(one) : one]));
  all = make(Object.fromEntries(Object.entries(imports).map(([from, its]) => [from, each(its, enter)])));
  return each(all, leave);
}
