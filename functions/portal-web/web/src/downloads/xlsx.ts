// A table as a workbook (ECMA-376). Texts are cells of text, so none of them is ever a formula.

import { XlsxStreamWriter } from "hucre/xlsx";
import { type Cell, type Contents, isMoment, onTheClock } from "./contents";

/** The longest text of a cell; a workbook with a longer one is repaired or refused by Excel. */
const LONGEST = 32_767;
/** Widths of columns, in letters. */
const [NARROW, WIDE] = [8, 48];

export async function xlsxOf({ heads, rows }: Contents, name: string): Promise<Blob> {
  const table = rows.map((row) => row.map(value));
  const writer = new XlsxStreamWriter({
    name,
    columns: heads.map((header, at) => ({
      header,
      width: widthOf(header, rows, at),
      ...(rows.some((row) => isMoment(row[at])) ? { numFmt: "yyyy-mm-dd hh:mm:ss" } : {}),
    })),
    freezePane: { rows: 1 },
  });
  for (const row of table) writer.addRow(row);
  const bytes = await writer.finish();
  const type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
  return new Blob([new Uint8Array(bytes)], { type });
}

function value(cell: Cell): string | number | Date | null {
  if (cell === undefined) return null;
  // A workbook knows no zones: it shows what the clocks showed.
  if (isMoment(cell)) return new Date(`${onTheClock(cell).replace(" ", "T")}Z`);
  if (typeof cell === "string" && cell.length > LONGEST) return `${cell.slice(0, LONGEST - 1)}…`;
  return cell;
}

function widthOf(head: string, rows: Cell[][], at: number): number {
  const longest = rows.reduce((longest, row) => {
    const cell = row[at];
    const text = isMoment(cell) ? onTheClock(cell) : String(cell ?? "");
    return Math.max(longest, text.length);
  }, head.length);
  return Math.min(WIDE, Math.max(NARROW, longest + 2));
}
