// Which column is which: guessed from headers and from what stands in them; the contact may choose otherwise.

import { holdsCpr, isAddress } from "./rules";
import type { Sheet } from "./sheet";

export interface Columns {
  /** The column with the addresses. */
  email: number | undefined;
  /** The column with the sections; none where the cohort has one section. */
  section: number | undefined;
}

/** How many rows are looked at. */
const LOOKED_AT = 200;

const EMAIL = /e-?mail|e-?post|mailadresse|^mail$/i;
const SECTION = /^hold|section|klasse|^class|stamhold|^team/i;

/** The cells of a column that are not empty, of the first rows. */
function cells(sheet: Sheet, column: number): string[] {
  const all = sheet.rows.slice(0, LOOKED_AT).map((row) => row.cells[column] ?? "");
  return all.filter((cell) => cell !== "");
}

/** The part of a column's cells that fit. */
function share(sheet: Sheet, column: number, fits: (cell: string) => boolean): number {
  const all = cells(sheet, column);
  return all.length === 0 ? 0 : all.filter(fits).length / all.length;
}

/** The column that fits best, if any does more than not. */
function best(sheet: Sheet, worth: (column: number) => number): number | undefined {
  let found: number | undefined;
  let most = 0.5;
  sheet.header.forEach((_, column) => {
    if (worth(column) > most) [found, most] = [column, worth(column)];
  });
  return found;
}

export function guess(sheet: Sheet, isSection: (cell: string) => boolean): Columns {
  const named = (pattern: RegExp) => (column: number) =>
    pattern.test(sheet.header[column] ?? "") ? 1 : 0;
  const email = best(
    sheet,
    (column) => share(sheet, column, isAddress) + named(EMAIL)(column) * 0.3,
  );
  const others = (worth: (column: number) => number) => (column: number) =>
    column === email ? 0 : worth(column);
  const section =
    best(
      sheet,
      others((column) => share(sheet, column, isSection)),
    ) ?? best(sheet, others(named(SECTION)));
  return { email, section };
}

/**
 * Columns of CPR numbers: they are not read, and the contact is told. Those in which most cells hold one: ten digits
 * of another kind may look like one. A column of addresses never is: an address that holds one is told by its line.
 */
export function cprColumns(sheet: Sheet): number[] {
  const columns = sheet.header.map((_, column) => column);
  return columns.filter((column) => {
    const all = sheet.rows.map((row) => row.cells[column] ?? "").filter((cell) => cell !== "");
    const most = (fits: (cell: string) => boolean) => all.filter(fits).length * 2 > all.length;
    return most(holdsCpr) && !most(isAddress);
  });
}
