// What is wrong with settings, by the place it stands at (a JSON pointer).

import type { Failure } from "../api/failure";
import type { Localised, ParameterProblem } from "../api/types";
import { Words } from "../i18n/words";

export interface Fault {
  pointer: string;
  words: Localised;
}

/** The faults that an answer tells of; empty where it tells of something else. */
export function faultsOf(failure: Failure): Fault[] {
  if (failure.kind !== "parameters") return [];
  return (failure.problem?.errors ?? []).flatMap((error) =>
    error.pointer === undefined ? [] : [{ pointer: error.pointer, words: inBoth(error) }],
  );
}

const danish = new Words("da");
const english = new Words("en");

/** A fault for readers, whichever language they choose next. */
export function inBoth(error: ParameterProblem): Localised {
  return { da: danish.fault(error), en: english.fault(error) };
}

/** Those at a place and below it, or at the place alone. */
export function at(faults: readonly Fault[], place: string, below = true): Fault[] {
  return faults.filter(
    ({ pointer }) => pointer === place || (below && pointer.startsWith(`${place}/`)),
  );
}

/** The id of the field for a place. */
export function idOf(place: string): string {
  return `at${place.replaceAll("/", "-")}`;
}

/** The field that is nearest to a fault: its own, or that of what it stands in. */
export function nearest(pointer: string, exists: (id: string) => boolean): string | undefined {
  const steps = pointer.split("/");
  for (let length = steps.length; length > 1; length -= 1) {
    const id = idOf(steps.slice(0, length).join("/"));
    if (exists(id)) return id;
  }
  return undefined;
}
