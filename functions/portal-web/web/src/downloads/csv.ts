// A table as CSV (RFC 4180), in UTF-8 with the mark by which spreadsheets know it.

import Papa from "papaparse";
import type { Language } from "../i18n/words";
import { type Cell, type Contents, isMoment, onTheClock } from "./contents";

const MARK = "\ufeff";

/** What Excel takes for the end of a cell, as the system is set up in the language. */
const SEPARATORS: Record<Language, string> = { da: ";", en: "," };

/**
 * Where a spreadsheet would take text for a formula: at a cell's beginning, and behind what would separate cells if
 * the file were opened on a system with the other separator.
 */
const FORMULA = /^(?=["\s]*[=+\-@]|[\t\r\n])|([;,\t\r\n])(?="*[=+\-@])/g;

/** Texts come from anybody, and whoever opens the table must not run them: an apostrophe makes them texts. */
export const harmless = (text: string): string => text.replace(FORMULA, "$1'");

export function csvOf({ heads, rows }: Contents, language: Language): Blob {
  const plain = (cell: Cell): string => {
    if (cell === undefined) return "";
    if (isMoment(cell)) return onTheClock(cell);
    if (typeof cell === "string") return harmless(cell);
    return language === "da" ? String(cell).replace(".", ",") : String(cell);
  };
  const table = [heads, ...rows].map((row) => row.map(plain));
  const text = Papa.unparse(table, { delimiter: SEPARATORS[language], newline: "\r\n" });
  return new Blob([MARK, text, "\r\n"], { type: "text/csv;charset=utf-8" });
}
