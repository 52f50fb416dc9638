// From a table and its columns to the list that is sent, and everything that is wrong with it.

import type { Key } from "../i18n/en";
import type { Columns } from "./columns";
import { holdsCpr, isAddress, isFormula, same } from "./rules";
import type { Sheet } from "./sheet";
import { isBroken } from "./text";

/** As many students as a cohort may have. */
export const LONGEST = 20_000;

export interface Expected {
  email: string;
  section?: string;
}

/** What is wrong with a row: where it stands, and a key of the texts. What the cell says is not repeated. */
export interface RowFault {
  line: number;
  column: string;
  text: Key;
  values: Record<string, string | number>;
}

export interface Checked {
  students: Expected[];
  /** The line in the file of each student. */
  lines: number[];
  faults: RowFault[];
  /** Rows that say the same as an earlier one, and are left out. */
  repeated: number;
}

/** A section of the cohort and what means it. */
export interface Section {
  id: string;
  answers?: string[] | null;
}

/** The section that a cell means. */
export function sectionOf(sections: readonly Section[], cell: string): string | undefined {
  const wanted = same(cell);
  const means = ({ id, answers }: Section) =>
    same(id) === wanted || (answers ?? []).some((answer) => same(answer) === wanted);
  return sections.find(means)?.id;
}

export function check(sheet: Sheet, columns: Columns, sections: readonly Section[]): Checked {
  const checked: Checked = { students: [], lines: [], faults: [], repeated: 0 };
  const { email: emails, section: places } = columns;
  const only = sections.length === 1 ? sections[0]?.id : undefined;
  const seen = new Map<string, { line: number; section: string }>();
  for (const { line, cells } of sheet.rows) {
    const wrong = (column: number | undefined, text: Key, values = {}) =>
      checked.faults.push({
        line,
        column: column === undefined ? "" : (sheet.header[column] ?? ""),
        text,
        values,
      });
    const email = emails === undefined ? "" : (cells[emails] ?? "");
    const place = places === undefined ? "" : (cells[places] ?? "");
    const section = places === undefined ? only : sectionOf(sections, place);
    if (section === undefined) {
      wrong(places, sectionFault(place));
    }
    const told = faultOf(email);
    if (told !== undefined) {
      wrong(emails, told);
      continue;
    }
    const known = seen.get(same(email));
    if (known === undefined) {
      seen.set(same(email), { line, section: section ?? "" });
      if (section === undefined) continue;
      checked.students.push({ email, section });
      checked.lines.push(line);
    } else if (known.section === (section ?? "")) checked.repeated += 1;
    else wrong(emails, "roster_fault_twice", { line: known.line });
  }
  return checked;
}

function sectionFault(place: string): Key {
  if (place === "") return "roster_fault_no_section";
  if (isFormula(place)) return "roster_fault_section_formula";
  return isBroken(place) ? "roster_fault_letters" : "roster_fault_section";
}

function faultOf(email: string): Key | undefined {
  if (email === "") return "roster_fault_no_email";
  if (isFormula(email)) return "roster_fault_formula";
  if (holdsCpr(email)) return "roster_fault_cpr";
  return isAddress(email) ? undefined : "roster_fault_email";
}
