// Who was chosen on the page before, so that nobody is read once more to say the name. It stays in the tab's memory: an
// address names people by ids alone.

import type { Student } from "../api/types";

let chosen: Student | undefined;

export function chooseHere(student: Student): void {
  chosen = student;
}

export function chosenElsewhere(id: string): Student | undefined {
  return chosen?.id === id ? chosen : undefined;
}
