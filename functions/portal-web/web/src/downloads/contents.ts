// What a file holds before it is a file: headings and cells for tables, items for JSON.

import type { Key } from "../i18n/en";
import type { Words } from "../i18n/words";

/** A moment, as the API gives it. */
export interface Moment {
  at: string;
}

export type Cell = string | number | Moment | undefined;

export interface Contents {
  heads: string[];
  rows: Cell[][];
  /** What JSON holds: the API's names and values. */
  items: unknown[];
}

export type Column<T> = [head: Key, cell: (item: T, words: Words) => Cell];

export function contentsOf<T>(items: T[], columns: readonly Column<T>[], words: Words): Contents {
  return {
    heads: columns.map(([head]) => words.t(head)),
    rows: items.map((item) => columns.map(([, cell]) => cell(item, words))),
    items,
  };
}

export function isMoment(cell: Cell): cell is Moment {
  return typeof cell === "object";
}

const CLOCK = new Intl.DateTimeFormat("sv-SE", {
  timeZone: "Europe/Copenhagen",
  dateStyle: "short",
  timeStyle: "medium",
});

/** What Copenhagen's clocks show, `2026-09-01 09:31:05`: it sorts, and spreadsheets in any language know it. */
export const onTheClock = ({ at }: Moment): string => CLOCK.format(new Date(at));
