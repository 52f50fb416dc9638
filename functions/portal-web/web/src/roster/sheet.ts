// A file as a table: CSV in any of the usual encodings and with any of the usual separators, or the first sheet of
// an XLSX workbook. Read here, in the browser: what is not chosen in the next step never leaves the machine.

import Papa from "papaparse";
import { isAddress } from "./rules";
import { decoded, type Encoding } from "./text";
import { isZip, sheetOf } from "./xlsx";

/** What a row says, and where it stands in the file, counted from 1. */
export interface Row {
  line: number;
  cells: string[];
}

export interface Sheet {
  /** The names of the columns; none has one where the list begins at once. */
  header: string[];
  rows: Row[];
  /** How its letters were read; a workbook says so itself. */
  encoding: Encoding | undefined;
}

/** Why a file is no table: a key of the texts, with the line where there is one. */
export class Unreadable extends Error {
  constructor(
    readonly kind: "empty" | "binary" | "quote" | "workbook" | "large" | "header",
    readonly line = 0,
  ) {
    super(kind);
  }
}

/** The largest file that is read, in bytes: 20,000 rows with fifty columns. */
export const LARGEST = 20 * 1024 * 1024;

export function read(bytes: Uint8Array): Sheet {
  if (bytes.length > LARGEST) throw new Unreadable("large");
  const { rows, encoding } = isZip(bytes) ? workbook(bytes) : csv(bytes);
  const filled = rows.filter((row) => row.cells.some((cell) => cell !== ""));
  const [header, ...rest] = filled;
  if (header === undefined) throw new Unreadable("empty");
  // A list that begins at once has a student in its first row.
  if (header.cells.some(isAddress)) {
    return { header: header.cells.map(() => ""), rows: filled, encoding };
  }
  if (rest.length === 0) throw new Unreadable("header", header.line);
  return { header: header.cells, rows: rest, encoding };
}

function workbook(bytes: Uint8Array): { rows: Row[]; encoding: undefined } {
  const rows = sheetOf(bytes);
  if (rows === undefined) throw new Unreadable("workbook");
  return { rows, encoding: undefined };
}

function csv(bytes: Uint8Array): { rows: Row[]; encoding: Encoding } {
  const { text, encoding } = decoded(bytes);
  // An old workbook (.xls), a PDF, a picture: control characters that no list has.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\u0000-\u0008\u000e-\u001f]/.test(text.slice(0, 4000))) throw new Unreadable("binary");
  const rows: Row[] = [];
  let [line, seen] = [1, 0];
  const body = text.replace(/^sep=(.)\r?\n/i, "\n");
  const separator = /^sep=(.)\r?\n/i.exec(text)?.[1];
  Papa.parse<string[]>(body, {
    delimiter: separator ?? commonest(body),
    step: ({ data, errors, meta }) => {
      if (errors.some((error) => error.type === "Quotes")) throw new Unreadable("quote", line);
      rows.push({ line, cells: data.map((cell) => cell.trim()) });
      line += breaks(body, seen, meta.cursor);
      seen = meta.cursor;
    },
  });
  return { rows, encoding };
}

/** The separator that stands most often in the header; a list of one column has none. */
function commonest(text: string): string {
  const header = /^\s*(.*)/.exec(text)?.[1] ?? "";
  const counts = [";", "\t", ",", "|"].map((mark) => ({ mark, n: header.split(mark).length }));
  return counts.reduce((most, one) => (one.n > most.n ? one : most)).mark;
}

/** How many lines end between two places. */
function breaks(text: string, from: number, to: number): number {
  return text.slice(from, to).match(/\r\n|\n|\r/g)?.length ?? 0;
}
