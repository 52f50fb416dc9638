// The first sheet of an XLSX workbook (ECMA-376), as text. The policy of the page keeps the browser's own XML reader
// away (`require-trusted-types-for`), so a small one reads it; it knows no entities but the five of XML and no
// document types, so nothing in a file can blow it up or fetch anything.

import { unzipSync } from "fflate";
import { SaxesParser, type SaxesTagPlain } from "saxes";
import type { Row } from "./sheet";

/** The longest part that is unpacked, in bytes: a packed file says so before it is unpacked. */
const LONGEST = 100 * 1024 * 1024;

export function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 0x03 && bytes[3] === 0x04;
}

/** The rows of the first sheet; nothing if it is no workbook. */
export function sheetOf(bytes: Uint8Array): Row[] | undefined {
  try {
    const files = unzipSync(bytes, {
      filter: ({ name, originalSize }) =>
        /^xl\/(workbook\.xml|_rels\/workbook\.xml\.rels|sharedStrings\.xml|worksheets\/[^/]+\.xml)$/.test(
          name,
        ) && originalSize <= LONGEST,
    });
    const part = (name: string) => {
      const file = files[name];
      return file === undefined ? undefined : new TextDecoder().decode(file);
    };
    const sheet = part(firstSheet(part("xl/workbook.xml"), part("xl/_rels/workbook.xml.rels")));
    if (sheet === undefined) return undefined;
    return rowsOf(sheet, stringsOf(part("xl/sharedStrings.xml")));
  } catch {
    return undefined;
  }
}

/** Where the workbook's first sheet lies. */
function firstSheet(workbook: string | undefined, relations: string | undefined): string {
  const usual = "xl/worksheets/sheet1.xml";
  if (workbook === undefined || relations === undefined) return usual;
  let id: string | undefined;
  let target: string | undefined;
  walk(workbook, (tag) => {
    if (local(tag) === "sheet") id ??= tag.attributes["r:id"] ?? named(tag, "id");
  });
  walk(relations, (tag) => {
    if (local(tag) === "Relationship" && tag.attributes.Id === id) target = tag.attributes.Target;
  });
  if (target === undefined) return usual;
  return target.startsWith("/") ? target.slice(1) : `xl/${target}`;
}

function stringsOf(shared: string | undefined): string[] {
  const strings: string[] = [];
  if (shared === undefined) return strings;
  let [text, inText, phonetic] = ["", false, false];
  walk(
    shared,
    (tag) => {
      if (local(tag) === "si") text = "";
      if (local(tag) === "rPh") phonetic = true;
      inText = local(tag) === "t" && !phonetic;
    },
    (piece) => {
      if (inText) text += piece;
    },
    (tag) => {
      if (local(tag) === "t") inText = false;
      if (local(tag) === "rPh") phonetic = false;
      if (local(tag) === "si") strings.push(text);
    },
  );
  return strings;
}

/**
 * Of a formula its last value counts, which the workbook holds. One that no spreadsheet has worked out yet has none,
 * and says that it is a formula: whoever reads the list is told.
 */
function rowsOf(sheet: string, strings: string[]): Row[] {
  const rows: Row[] = [];
  let row: Row = { line: 0, cells: [] };
  let [column, kind, value, inValue, unsolved] = [0, "", "", false, false];
  walk(
    sheet,
    (tag) => {
      const name = local(tag);
      if (name === "row") {
        row = { line: Number(tag.attributes.r ?? row.line + 1), cells: [] };
        column = -1;
      } else if (name === "c") {
        column = columnOf(tag.attributes.r) ?? column + 1;
        kind = tag.attributes.t ?? "n";
        value = "";
        unsolved = false;
      }
      if (name === "f") unsolved = true;
      if (name === "v") unsolved = false;
      inValue = name === "v" || name === "t";
    },
    (piece) => {
      if (inValue) value += piece;
    },
    (tag) => {
      const name = local(tag);
      if (name === "v" || name === "t") inValue = false;
      if (name === "c" && column < 1000) {
        while (row.cells.length < column) row.cells.push("");
        const text = kind === "s" ? (strings[Number(value)] ?? "") : value;
        // An error such as #REF! is no value.
        row.cells[column] = unsolved ? "=" : kind === "e" ? "" : text.trim();
      }
      if (name === "row") rows.push(row);
    },
  );
  return rows;
}

/** `B` of `B17` is 1. */
function columnOf(reference: string | undefined): number | undefined {
  const letters = /^[A-Z]{1,3}/.exec(reference ?? "")?.[0];
  if (letters === undefined) return undefined;
  return [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;
}

const local = (tag: { name: string }) => tag.name.slice(tag.name.indexOf(":") + 1);

function named(tag: SaxesTagPlain, name: string): string | undefined {
  return Object.entries(tag.attributes).find(([key]) => key.endsWith(`:${name}`))?.[1];
}

function walk(
  xml: string,
  open: (tag: SaxesTagPlain) => void,
  text: (piece: string) => void = () => {},
  close: (tag: SaxesTagPlain) => void = () => {},
): void {
  const parser = new SaxesParser();
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("opentag", open);
  parser.on("text", text);
  parser.on("cdata", text);
  parser.on("closetag", close);
  parser.write(xml).close();
}
