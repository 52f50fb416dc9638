import { strToU8, zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import type { CohortSettings, Roster, Timeline } from "../../src/api/types";
import { da } from "../../src/i18n/da";
import { Words } from "../../src/i18n/words";
import { cellName, inOrder } from "../../src/pages/distribution";
import { until } from "../../src/pages/roster";
import { cprColumns, guess } from "../../src/roster/columns";
import { check, sectionOf } from "../../src/roster/rows";
import { holdsCpr, isAddress } from "../../src/roster/rules";
import { seriesOf } from "../../src/roster/series";
import { read, Unreadable } from "../../src/roster/sheet";
import { decoded } from "../../src/roster/text";

const utf8 = (text: string) => new TextEncoder().encode(text);

/** Windows-1252, as far as Danish needs it. */
const windows = (text: string) => Uint8Array.from([...text].map((c) => c.charCodeAt(0)));

function utf16(text: string, little: boolean, mark: boolean): Uint8Array {
  const units = [...(mark ? "\ufeff" : ""), ...text].map((c) => c.charCodeAt(0));
  return Uint8Array.from(
    units.flatMap((unit) => (little ? [unit & 255, unit >> 8] : [unit >> 8, unit & 255])),
  );
}

const sections = [{ id: "hold-1", answers: ["Hold 1", "Holdet på Øst"] }, { id: "hold-2" }];
const isSection = (cell: string) => sectionOf(sections, cell) !== undefined;

const checked = (csv: string) => {
  const sheet = read(utf8(csv));
  return check(sheet, guess(sheet, isSection), sections);
};

const kind = (bytes: Uint8Array) => {
  try {
    read(bytes);
  } catch (error) {
    if (error instanceof Unreadable) return [error.kind, error.line];
    throw error;
  }
  return undefined;
};

describe("q8_files", () => {
  const text = "Navn;E-mail;Hold\r\nSøren Ågård;soren@example.dk;Holdet på Øst\r\n";

  test("are read in every encoding that spreadsheets write", () => {
    for (const [bytes, encoding] of [
      [utf8(text), "utf-8"],
      [utf8(`\ufeff${text}`), "utf-8"],
      [windows(text), "windows-1252"],
      [utf16(text, true, true), "utf-16le"],
      [utf16(text, false, true), "utf-16be"],
      [utf16(text, true, false), "utf-16le"],
      [utf16(text, false, false), "utf-16be"],
    ] as const) {
      expect(decoded(bytes), encoding).toEqual({ text, encoding });
      expect(read(bytes).rows, encoding).toEqual([
        { line: 2, cells: ["Søren Ågård", "soren@example.dk", "Holdet på Øst"] },
      ]);
    }
  });

  test("may have any separator, quotes, and lines that name the separator", () => {
    for (const separator of [";", ",", "\t", "|"]) {
      const row = ["a@example.dk", `"hold${separator}1"`, '"a ""b"""'].join(separator);
      const sheet = read(utf8(`email${separator}hold${separator}x\n${row}\n`));
      expect(sheet.rows, separator).toEqual([
        { line: 2, cells: ["a@example.dk", `hold${separator}1`, 'a "b"'] },
      ]);
    }
    const named = read(utf8("sep=;\r\nemail;hold\r\na@example.dk;1,5\r\n"));
    expect(named.rows).toEqual([{ line: 3, cells: ["a@example.dk", "1,5"] }]);
  });

  test("tell the line of a row, also after cells with lines of their own and empty rows", () => {
    const sheet = read(utf8('email,note\na@example.dk,"one\ntwo"\n\n,\nb@example.dk,\n'));
    expect(sheet.rows.map((row) => [row.line, row.cells[0]])).toEqual([
      [2, "a@example.dk"],
      [6, "b@example.dk"],
    ]);
  });

  test("that begin with a student lose nobody", () => {
    const sheet = read(utf8("a@example.dk;Hold 1\nb@example.dk;hold-2\n"));
    expect(sheet.header).toEqual(["", ""]);
    expect(sheet.rows.map((row) => row.line)).toEqual([1, 2]);
    const found = check(sheet, guess(sheet, isSection), sections);
    expect(found.students.map((one) => one.email)).toEqual(["a@example.dk", "b@example.dk"]);
    expect(read(utf8("a@example.dk\n")).rows).toHaveLength(1);
  });

  test("that are no lists say why", () => {
    expect(kind(utf8(""))).toEqual(["empty", 0]);
    expect(kind(utf8("\n ; \n"))).toEqual(["empty", 0]);
    expect(kind(utf8("email;hold\n"))).toEqual(["header", 1]);
    expect(kind(utf8('email\na@example.dk\n"b@example.dk\nc@example.dk\n'))).toEqual(["quote", 3]);
    expect(kind(Uint8Array.of(0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1))).toEqual([
      "binary",
      0,
    ]);
    expect(kind(Uint8Array.of(0x50, 0x4b, 3, 4, 1, 2, 3))).toEqual(["workbook", 0]);
    expect(kind(zipSync({ "word/document.xml": strToU8("<a/>") }))).toEqual(["workbook", 0]);
    expect(kind(new Uint8Array(20 * 1024 * 1024 + 1))).toEqual(["large", 0]);
    for (const word of ["empty", "header", "binary", "quote", "workbook", "large"]) {
      expect(da).toHaveProperty([`roster_unreadable_${word}`]);
    }
  });
});

describe("q8_workbooks", () => {
  const main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"';
  const workbook = (sheet: string) =>
    zipSync({
      "xl/workbook.xml": strToU8(
        `<workbook ${main} xmlns:r="r"><sheets><sheet name="Second" sheetId="7" r:id="rId2"/></sheets></workbook>`,
      ),
      "xl/_rels/workbook.xml.rels": strToU8(
        '<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Target="worksheets/sheet9.xml"/></Relationships>',
      ),
      "xl/sharedStrings.xml": strToU8(
        `<sst ${main}><si><t>E-mail</t></si><si><r><t>Ho</t></r><r><t>ld</t></r><rPh><t>x</t></rPh></si><si><t>Jørn &amp; co</t></si></sst>`,
      ),
      "xl/worksheets/sheet1.xml": strToU8("<worksheet/>"),
      "xl/worksheets/sheet9.xml": strToU8(
        `<worksheet ${main}><sheetData>${sheet}</sheetData></worksheet>`,
      ),
    });

  test("are read by their first sheet, whatever its cells are", () => {
    const sheet = read(
      workbook(
        '<row r="2"><c r="A2" t="s"><v>0</v></c><c r="C2" t="s"><v>1</v></c></row>' +
          '<row r="4"><c r="A4" t="str"><f>LOWER(B4)</f><v>a@example.dk</v></c><c r="C4"><v>2</v></c></row>' +
          '<row r="5"><c r="A5" t="inlineStr"><is><t> b@example.dk </t></is></c><c r="B5" t="e"><v>#REF!</v></c><c r="C5" t="s"><v>2</v></c></row>',
      ),
    );
    expect(sheet.header).toEqual(["E-mail", "", "Hold"]);
    expect(sheet.rows).toEqual([
      { line: 4, cells: ["a@example.dk", "", "2"] },
      { line: 5, cells: ["b@example.dk", "", "Jørn & co"] },
    ]);
  });

  test("that no spreadsheet has worked out say which cells are formulas", () => {
    const sheet = read(
      workbook(
        '<row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="2"><c r="A2"><f>LOWER(B2)</f></c></row>' +
          '<row r="3"><c r="A3" t="str"><f>IF(B3="","",B3)</f><v></v></c></row>',
      ),
    );
    expect(sheet.rows).toEqual([{ line: 2, cells: ["="] }]);
  });

  test("that try something are no workbooks", () => {
    const bomb = '<!DOCTYPE a [<!ENTITY x "y">]>';
    expect(kind(workbook(`<row r="1"><c r="A1"><v>&x;</v></c></row>`))).toEqual(["workbook", 0]);
    expect(kind(zipSync({ "xl/worksheets/sheet1.xml": strToU8(`${bomb}<a>&x;</a>`) }))).toEqual([
      "workbook",
      0,
    ]);
  });
});

describe("q8_columns", () => {
  test("are guessed by what they hold, and by their names", () => {
    const guessed = (csv: string) => guess(read(utf8(csv)), isSection);
    expect(guessed("Navn;Hold;Mail\nA;Hold 1;a@example.dk\n")).toEqual({ email: 2, section: 1 });
    expect(guessed("x;y\nhold-2;a@example.dk\n")).toEqual({ email: 1, section: 0 });
    expect(guessed("E-mail;Klasse\nnonsense;Z\n")).toEqual({ email: undefined, section: 1 });
    expect(guessed("Privat mail;Studiemail\n;a@example.dk\n").email).toBe(1);
  });

  test("with CPR numbers are known and not read", () => {
    const sheet = read(utf8("CPR;Mail;Dato\n010790-1234;a@example.dk;01-09-2026\n"));
    expect(cprColumns(sheet)).toEqual([0]);
    // One address that looks like a number, and one number in a remark, make no column of them.
    const few = read(
      utf8(
        "Mail;Note;CPR\n0107901234@example.dk;0107901234;\nb@example.dk;b;010790-1234\nc@example.dk;c;\n",
      ),
    );
    expect(cprColumns(few)).toEqual([2]);
    const all = read(utf8("Mail\n0107901234@example.dk\n0207901234@example.dk\n"));
    expect(cprColumns(all)).toEqual([]);
    for (const number of ["0107901234", "010790 1234", "610790-1234", "nr. 010790-1234."]) {
      expect(holdsCpr(number), number).toBe(true);
    }
    for (const other of ["s204711", "991399-1234", "20471100112233", "+45 12 34 56 78"]) {
      expect(holdsCpr(other), other).toBe(false);
    }
  });
});

describe("q8_rows", () => {
  test("become a list, each address once, in whatever case", () => {
    const found = checked(
      "Mail;Hold\nAne@Example.dk;HOLD 1\nane@example.dk;hold-1\nbo@example.dk;hold-2\n",
    );
    expect(found.students).toEqual([
      { email: "Ane@Example.dk", section: "hold-1" },
      { email: "bo@example.dk", section: "hold-2" },
    ]);
    expect([found.lines, found.repeated, found.faults]).toEqual([[2, 4], 1, []]);
  });

  test("tell everything that is wrong at once, with line and column, and never what the cell says", () => {
    const found = checked(
      [
        "Mail;Hold",
        "ok@example.dk;Hold 1",
        "no address;Hold 9",
        "=HYPERLINK(1);Hold 1",
        "+a@example.dk;Hold 1",
        "0107901234@example.dk;Hold 1",
        ";Hold 1",
        "x@example.dk;",
        "OK@example.dk;hold-2",
        "åse@example.dk;Hold 1",
        "fine@example.dk;Hold 1",
        "good@example.dk;Hold 1",
        "well@example.dk;Hold 1",
        "right@example.dk;Hold 1",
      ].join("\n"),
    );
    expect(found.faults.map(({ line, column, text }) => [line, column, text])).toEqual([
      [3, "Hold", "roster_fault_section"],
      [3, "Mail", "roster_fault_email"],
      [4, "Mail", "roster_fault_formula"],
      [5, "Mail", "roster_fault_formula"],
      [6, "Mail", "roster_fault_cpr"],
      [7, "Mail", "roster_fault_no_email"],
      [8, "Hold", "roster_fault_no_section"],
      [9, "Mail", "roster_fault_twice"],
      [10, "Mail", "roster_fault_email"],
    ]);
    expect(JSON.stringify(found.faults)).not.toMatch(/HYPERLINK|0107901234|no address|åse/);
    expect(found.students.map((one) => one.email)).toHaveLength(5);
  });

  test("whose letters were read in another encoding say so", () => {
    const wrong = (section: string) =>
      checked(`Mail;Hold\na@example.dk;${section}\n`).faults[0]?.text;
    for (const broken of ["pÃ¥ Ã˜st", "p\ufffd \ufffdst", "pŒ ¯st", "p† \u009dst"]) {
      expect(wrong(`Holdet ${broken}`), broken).toBe("roster_fault_letters");
    }
    for (const other of ["Holdet på Vest", "Équipe 3", "Łódź", "Hold 1½"]) {
      expect(wrong(other), other).toBe("roster_fault_section");
    }
    expect(wrong('=VLOOKUP("a")'), "a formula").toBe("roster_fault_section_formula");
  });

  test("of a cohort with one section need none", () => {
    const sheet = read(utf8("Mail\na@example.dk\n"));
    const found = check(sheet, { email: 0, section: undefined }, [{ id: "all" }]);
    expect(found.students).toEqual([{ email: "a@example.dk", section: "all" }]);
  });

  test("may be 20,000, and are read in a moment", () => {
    const lines = Array.from({ length: 20_000 }, (_, n) => `Navn ${n};s${n}@example.dk;Hold 1`);
    const begun = performance.now();
    const found = checked(`Navn;Mail;Hold\n${lines.join("\n")}\n`);
    expect([found.students.length, found.faults.length]).toEqual([20_000, 0]);
    expect(performance.now() - begun).toBeLessThan(5000);
  });

  test("have addresses by the rules of the API", () => {
    const good = ["ane@example.dk", " b.o+x@student.example.edu ", "o'neil@example.edu"];
    for (const address of good) expect(isAddress(address), address).toBe(true);
    const bad = [
      "",
      "ane",
      "@example.dk",
      "ane@",
      "ane@example",
      "a b@example.dk",
      "a..b@example.dk",
    ];
    bad.push("åse@example.dk", "ane@-example.dk", ".a@example.dk", `${"a".repeat(65)}@example.dk`);
    for (const address of bad) expect(isAddress(address), address).toBe(false);
  });
});

describe("d9_distribution", () => {
  const settings = {
    questions: [
      { id: "level", refs: [], label: { da: "", en: "" }, kind: { scale: { min: 1, max: 10 } } },
      {
        id: "subject",
        refs: [],
        label: { da: "", en: "" },
        kind: {
          choice: { options: [{ code: "b", answers: ["B level", "B-niveau"] }, { code: "a" }] },
        },
      },
      { id: "free", refs: [], label: { da: "", en: "" }, kind: { availability: { options: [] } } },
    ],
  } as unknown as CohortSettings;
  const cells = (...names: string[]) => names.map((cell) => ({ cell }));
  const ordered = (question: string, ...names: string[]) =>
    inOrder(cells(...names), settings, question).map(({ cell }) => cell);

  test("stands in the order of the settings, who did not answer last", () => {
    expect(ordered("level", "10", "no_answer", "2", "1")).toEqual(["1", "2", "10", "no_answer"]);
    expect(ordered("subject", "a", "no_answer", "b")).toEqual(["b", "a", "no_answer"]);
  });

  test("is told in words", () => {
    const words = new Words("en");
    const named = (question: string, cell: string) => cellName(words, settings, question, cell);
    expect(named("subject", "b")).toBe("B level / B-niveau");
    expect(named("subject", "a")).toBe("a");
    expect(named("free", "34")).toBe("Tue 10–11");
    expect(named("level", "no_answer")).toBe("no answer");
  });
});

describe("q8_over_time", () => {
  const counts = { expected: 4, answered: 2, unlisted: 1 };
  const timeline: Timeline = {
    days: [
      { day: "2026-09-01", sections: [{ section: "a", students: 2, listed: 1 }] },
      {
        day: "2026-09-03",
        sections: [
          { section: "a", students: 1, listed: 1 },
          { section: "b", students: 1, listed: 0 },
        ],
      },
    ],
  };
  const roster: Roster = {
    version: 1,
    listed_at: "2026-08-25T08:00:00Z",
    all: counts,
    sections: [
      { section: "a", ...counts },
      { section: "b", expected: 0, answered: 0, unlisted: 1 },
    ],
  };

  test("shows each day, those without answers too, until a day", () => {
    const { days, lines } = seriesOf(timeline, roster, "2026-09-04");
    expect(days).toEqual(["2026-09-01", "2026-09-02", "2026-09-03", "2026-09-04"]);
    expect(lines.map((line) => [line.section, line.students])).toEqual([
      ["", [2, 2, 4, 4]],
      ["a", [2, 2, 3, 3]],
      ["b", [0, 0, 1, 1]],
    ]);
  });

  test("has rates of those who are expected, and none where nobody is", () => {
    const { lines } = seriesOf(timeline, roster, "2026-09-03");
    expect(lines.map((line) => line.rates)).toEqual([
      [0.25, 0.25, 0.5],
      [0.25, 0.25, 0.5],
      undefined,
    ]);
    const { listed_at: _, ...none } = roster;
    const without = seriesOf(timeline, none, "2026-09-03").lines;
    expect(without.map((line) => [line.rates, line.expected])).toEqual([
      [undefined, undefined],
      [undefined, undefined],
      [undefined, undefined],
    ]);
  });

  test("ends at the deadline, or today if that is earlier", () => {
    const now = new Date("2026-09-10T21:59:00Z");
    expect(until("2026-09-07T10:00:00Z", now)).toBe("2026-09-07");
    expect(until("2026-09-20T10:00:00Z", now)).toBe("2026-09-10");
    expect(until("2026-09-20T10:00:00Z", new Date("2026-09-10T22:01:00Z"))).toBe("2026-09-11");
  });

  test("is nothing before the first answer", () => {
    expect(seriesOf({ days: [] }, roster, "2026-09-03")).toEqual({ days: [], lines: [] });
  });
});
