import createClient from "openapi-fetch";
import { describe, expect, test } from "vitest";
import { Failure } from "../../src/api/failure";
import type { paths } from "../../src/api/schema";
import type { Group, Student } from "../../src/api/types";
import type { Contents } from "../../src/downloads/contents";
import { csvOf, harmless } from "../../src/downloads/csv";
import { fileOf, nameOf } from "../../src/downloads/file";
import * as lists from "../../src/downloads/lists";
import { xlsxOf } from "../../src/downloads/xlsx";
import { Words } from "../../src/i18n/words";
import type { Page } from "../../src/parts/load";
import { read } from "../../src/roster/sheet";

const [danish, english] = [new Words("da"), new Words("en")];
const bytesOf = async (file: Blob) => new Uint8Array(await file.arrayBuffer());
const textOf = async (file: Blob) =>
  new TextDecoder("utf-8", { ignoreBOM: true }).decode(await file.arrayBuffer());

const contents: Contents = {
  heads: ["Hold", "Navn", "Score", "Svarede"],
  rows: [
    ["hold-1", 'Søren "Æsk" Ågård; jr., 2', 87.34, { at: "2026-08-31T22:30:05Z" }],
    ["hold-1", "=1+1", 9, undefined],
    ["hold-2", "to\r\nlinjer", undefined, { at: "2026-12-01T00:00:00Z" }],
    ["hold-2", "0042", 100, undefined],
  ],
  items: [{ name: "Søren", score: 8734 }],
};

describe("p3_csv", () => {
  test("is marked UTF-8 with what Danish Excel takes for columns, decimals and times", async () => {
    expect(await textOf(csvOf(contents, "da"))).toBe(
      '\ufeffHold;Navn;Score;Svarede\r\nhold-1;"Søren ""Æsk"" Ågård; jr., 2";87,34;2026-09-01 00:30:05\r\n' +
        'hold-1;\'=1+1;9;\r\nhold-2;"to\r\nlinjer";;2026-12-01 01:00:00\r\nhold-2;0042;100;\r\n',
    );
  });

  test("has what English Excel takes for them in English", async () => {
    const [head, first] = (await textOf(csvOf(contents, "en"))).split("\r\n");
    expect(head).toBe("\ufeffHold,Navn,Score,Svarede");
    expect(first).toBe('hold-1,"Søren ""Æsk"" Ågård; jr., 2",87.34,2026-09-01 00:30:05');
  });

  test("runs nothing, on a system with the other separator neither", () => {
    for (const [text, told] of [
      ["=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"],
      ["+45 12 34", "'+45 12 34"],
      ["-1", "'-1"],
      ["@SUM(A1)", "'@SUM(A1)"],
      ["\tx", "'\tx"],
      ["\rx", "'\rx"],
      [' "=1"', '\' "=1"'],
      ["a;=1+1", "a;'=1+1"],
      ["a,=1+1", "a,'=1+1"],
      ['a;"=1+1"', 'a;\'"=1+1"'],
      ["a\n@b", "a\n'@b"],
      // What no spreadsheet runs stays as it is.
      ["Anne-Marie O'Neil", "Anne-Marie O'Neil"],
      ["a@example.edu", "a@example.edu"],
      ["1 = 1; 2, - 3", "1 = 1; 2, - 3"],
    ] as const) {
      expect(harmless(text), text).toBe(told);
    }
  });

  test("is read back as it was by the reader of rosters", async () => {
    const sheet = read(await bytesOf(csvOf(contents, "da")));
    expect(sheet.encoding).toBe("utf-8");
    expect(sheet.header).toEqual(contents.heads);
    expect(sheet.rows.map(({ cells }) => cells[1])).toEqual([
      'Søren "Æsk" Ågård; jr., 2',
      "'=1+1",
      "to\r\nlinjer",
      "0042",
    ]);
  });
});

describe("p3_xlsx", () => {
  test("is read back by the reader of rosters: texts as texts, numbers and times as numbers", async () => {
    const sheet = read(await bytesOf(await xlsxOf(contents, "studerende")));
    expect(sheet.header).toEqual(contents.heads);
    const [first, formula, , zeros] = sheet.rows.map(({ cells }) => cells);
    expect(first?.slice(0, 3)).toEqual(["hold-1", 'Søren "Æsk" Ågård; jr., 2', "87.34"]);
    // Days since 1899-12-30, on Copenhagen's clocks.
    const day = (Date.UTC(2026, 8, 1, 0, 30, 5) - Date.UTC(1899, 11, 30)) / 86_400_000;
    expect(Number(first?.[3])).toBeCloseTo(day, 6);
    // The reader tells a formula by `=` alone.
    expect(formula?.[1]).toBe("=1+1");
    expect(zeros?.[1]).toBe("0042");
  });

  test("has no cell that is longer than Excel takes", async () => {
    const long: Contents = { heads: ["Ids"], rows: [["x".repeat(40_000)]], items: [] };
    const [row] = read(await bytesOf(await xlsxOf(long, "x"))).rows;
    expect(row?.cells[0]).toHaveLength(32_767);
    expect(row?.cells[0]?.endsWith("x…")).toBe(true);
  });

  test("holds as many students as a cohort has", async () => {
    const rows = Array.from({ length: 20_000 }, (_, n) => [`hold-${n % 9}`, `Navn ${n}`, n]);
    const sheet = read(
      await bytesOf(await xlsxOf({ heads: ["a", "b", "c"], rows, items: [] }, "x")),
    );
    expect(sheet.rows).toHaveLength(20_000);
    expect(sheet.rows.at(-1)?.cells).toEqual(["hold-1", "Navn 19999", "19999"]);
  });
});

describe("p3_downloads", () => {
  test("in JSON are like a page of the API", async () => {
    const text = await textOf(await fileOf(contents, "json", "students", danish));
    expect(JSON.parse(text)).toEqual({ items: [{ name: "Søren", score: 8734 }] });
  });

  test("are named by cohort, what and day, in letters that every system takes", () => {
    const now = new Date("2026-08-31T22:30:00Z");
    const cohort = "Økonomi & Crème à Århus, efterår 2026";
    expect(nameOf(cohort, "csv", "students", danish, now)).toBe(
      "oekonomi-creme-a-aarhus-efteraar-2026_studerende_2026-09-01.csv",
    );
    expect(nameOf("", "xlsx", "audit", english, now)).toBe("audit-trail_2026-09-01.xlsx");
  });

  test("read a list to its end, over empty pages", async () => {
    const pages = [{ items: [1, 2], next: "a" }, { items: [], next: "b" }, { items: [3] }];
    const asked: unknown[] = [];
    let read = 0;
    const told = (more: number) => {
      read += more;
    };
    const items = await lists.whole(
      { signal: new AbortController().signal, told },
      async (query) => {
        asked.push(query.cursor);
        return pages[asked.length - 1] ?? { items: [] };
      },
    );
    expect([items, read, asked]).toEqual([[1, 2, 3], 3, [undefined, "a", "b"]]);
  });

  test("stop also while a call waits for somebody to sign in again", async () => {
    const stop = new AbortController();
    const waits = lists.whole(
      { signal: stop.signal, told: () => {} },
      () => new Promise<Page<unknown>>(() => {}),
    );
    stop.abort();
    await expect(waits).rejects.toThrow(/abort/i);
  });
});

const student = (n: number): Student => ({
  id: `stu_${n}`,
  name: `Navn ${n}`,
  email: `a${n}@example.edu`,
  section: "hold-1",
  submitted_at: "2026-09-01T07:31:05Z",
  takes_part: n !== 2,
  ...(n === 1 ? { number: "0042" } : {}),
});

const group = (number: number, members: { id: string; name?: string }[]) =>
  ({ section: number < 3 ? "hold-1" : "hold-2", number, score: 8734, members }) as Group;

/** The API, which answers each path with its pages; the last of them is the answer from then on. */
function reading(answers: Record<string, unknown[]>, words = english): lists.Reading {
  const fetch = async (request: Request) => {
    const { pathname, searchParams } = new URL(request.url);
    const place = pathname.split("/").at(-1) ?? "";
    const presence = searchParams.get("presence");
    const rest = answers[presence === null ? place : `${place}:${presence}`] ?? [];
    const body = rest.length > 1 ? rest.shift() : rest[0];
    const etag = JSON.stringify(body);
    return new Response(JSON.stringify(body ?? {}), {
      status: body ? 200 : 404,
      headers: { etag },
    });
  };
  const api = createClient<paths>({ baseUrl: "http://here", fetch });
  return { api, words, signal: new AbortController().signal, told: () => {} };
}

describe("p3_lists", () => {
  test("of groups have a row for each member, also for one who was erased", async () => {
    const answers = {
      f: [{ id: "f" }],
      groups: [
        { items: [group(1, [{ id: "stu_1", name: "Navn 1" }, { id: "stu_9" }])], next: "2" },
        { items: [group(3, [{ id: "stu_2", name: "Navn 2" }])] },
      ],
      students: [{ items: [student(1), student(2)] }],
    };
    const { heads, rows, items } = await lists.groups(reading({ ...answers }), "c", "f", "");
    expect(heads).toEqual([
      "Section",
      "Group",
      "Name",
      "E-mail",
      "Number",
      "Score of the group, of 100",
    ]);
    expect(rows).toEqual([
      ["hold-1", 1, "Navn 1", "a1@example.edu", "0042", 87.34],
      ["hold-1", 1, "erased", undefined, undefined, 87.34],
      ["hold-2", 3, "Navn 2", "a2@example.edu", undefined, 87.34],
    ]);
    expect(items[0]).toEqual({
      section: "hold-1",
      group: 1,
      student: "stu_1",
      name: "Navn 1",
      email: "a1@example.edu",
      student_number: "0042",
      score: 8734,
    });
  });

  test("of groups are those of the chosen section", async () => {
    const groups = [{ items: [group(1, [{ id: "stu_1" }]), group(3, [{ id: "stu_2" }])] }];
    const answers = { f: [{}], groups, students: [{ items: [] }] };
    const { rows } = await lists.groups(reading(answers), "c", "f", "hold-2");
    expect(rows.map(([section]) => section)).toEqual(["hold-2"]);
  });

  test("of groups are no file when somebody was moved meanwhile", async () => {
    const one = { items: [group(1, [{ id: "stu_1" }])] };
    const students = [{ items: [] }];
    const twice = { items: [group(1, [{ id: "stu_1" }]), group(2, [{ id: "stu_1" }])] };
    for (const answers of [
      { f: [{}], groups: [twice], students },
      { f: [{ version: 1 }, { version: 2 }], groups: [one], students },
    ]) {
      const failure = await lists.groups(reading(answers), "c", "f", "").catch((error) => error);
      expect(failure).toBeInstanceOf(Failure);
      expect(failure.kind).toBe("download-changed");
      expect(danish.failure(failure)).toContain("blev ændret");
    }
  });

  test("of students say who is on the roster, if there is one, and who takes part", async () => {
    const students = () => [{ items: [student(1)], next: "2" }, { items: [student(2)] }];
    const unlisted = [{ items: [{ id: "stu_2", presence: "unlisted" }] }];
    const answers = {
      roster: [{ listed_at: "x" }],
      students: students(),
      "people:unlisted": unlisted,
    };
    const found = await lists.students(reading(answers, danish), "c", "");
    expect(found.heads).toEqual([
      "Hold",
      "Navn",
      "E-mail",
      "Nummer",
      "Svarede",
      "På deltagerlisten",
      "Deltager",
      "Mail stoppet",
    ]);
    expect(found.rows.map((row) => row.slice(3, 7))).toEqual([
      ["0042", { at: "2026-09-01T07:31:05Z" }, "ja", "ja"],
      [undefined, { at: "2026-09-01T07:31:05Z" }, "nej", "nej"],
    ]);
    const without = await lists.students(reading({ roster: [{}], students: students() }), "c", "");
    expect(without.heads).not.toContain("On the roster");
  });

  test("of the roster know the number of whoever answered, and nothing of who has not", async () => {
    const people = [
      {
        items: [
          { id: "stu_1", presence: "answered", email: "a1@example.edu", section: "hold-1" },
          { id: "stu_7", presence: "waiting", email: "a7@example.edu", section: "hold-1" },
        ],
      },
    ];
    const answers = { people, students: [{ items: [student(1)] }] };
    const { heads, rows } = await lists.roster(reading(answers), "c", {});
    const at = (head: string) => heads.indexOf(head);
    expect(rows.map((row) => row[at("Number")])).toEqual(["0042", undefined]);
    expect(rows.map((row) => row[at("State")])).toEqual(["Has answered", "Has not answered"]);
    expect(rows.map((row) => row[at("Takes part")])).toEqual(["yes", undefined]);
  });

  test("of the trail go on over empty pages and keep each entry whole in JSON", async () => {
    const entry = {
      sequence: 7,
      at: "2026-09-01T07:31:05Z",
      action: "students.list",
      actor: { job: "retention-sweep" },
      subjects: 2,
      ids: ["stu_1", "stu_2"],
      outcome: "done",
      hash: "h",
    };
    const audit = [{ items: [], next: "2" }, { items: [entry] }];
    const { rows, items } = await lists.audit(reading({ audit }), { action: "students.list" });
    expect(items).toEqual([entry]);
    expect(rows[0]?.slice(0, 8)).toEqual([
      7,
      { at: "2026-09-01T07:31:05Z" },
      "students.list",
      "retention-sweep",
      undefined,
      2,
      "stu_1 stu_2",
      "done",
    ]);
  });

  test("that end in a refusal half-way are a failure and no list", async () => {
    const audit = [{ items: [], next: "2" }, undefined];
    await expect(lists.audit(reading({ audit }), {})).rejects.toBeInstanceOf(Failure);
  });
});
