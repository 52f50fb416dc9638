import type { Criterion } from "./draft";

/** An id for a new criterion that no other has. */
export function freshId(kind: string, taken: readonly Criterion[]): string {
  const ids = new Set(taken.map((criterion) => criterion.id));
  let n = 1;
  while (ids.has(`${kind}-${n}`)) n += 1;
  return `${kind}-${n}`;
}
