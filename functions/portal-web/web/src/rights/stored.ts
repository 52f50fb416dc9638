// How much is stored of somebody, in words.

import type { Words } from "../i18n/words";

const KINDS = [
  "cohorts",
  "students",
  "responses",
  "groups",
  "messages",
  "rights_requests",
  "quarantines",
  "roster_pages",
] as const;

/** What names them, by kind and number; a kind that has no words here is told by the API's. */
export function storedWords(words: Words, stored: Readonly<Record<string, number>>): string {
  const told = Object.entries(stored)
    .filter(([, n]) => n > 0)
    .map(([kind, n]) => {
      const known = KINDS.find((one) => one === kind);
      const name = known === undefined ? kind : words.t(`stored_${known}`);
      return `${name}: ${words.number(n)}`;
    });
  return told.length === 0 ? words.t("none") : told.join(", ");
}
