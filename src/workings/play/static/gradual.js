// Many small writings while a run goes on: some with each picture, so that no picture waits for all of them.

/**
 * @template T
 * @param {(one: T) => number} write says how much it was
 * @param {number} most of each picture
 */
export function gradually(write, most) {
  /** @type {T[]} */
  let owed = [];
  let due = false;
  const soon = () => {
    if (due || !owed.length) return;
    due = true;
    requestAnimationFrame(some);
  };
  const some = () => {
    due = false;
    for (let done = 0; owed.length && done < most;) done += write(/** @type {T} */ (owed.shift()));
    soon();
  };
  return {
    /** All of these are to be written; those that have waited go first. @param {T[]} all */
    owe(all) {
      owed = [...owed.filter((one) => all.includes(one)), ...all.filter((one) => !owed.includes(one))];
      soon();
    },
    /** Nothing is owed any more. */
    settle() {
      owed = [];
    },
  };
}
