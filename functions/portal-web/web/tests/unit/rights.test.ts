import { describe, expect, test } from "vitest";
import type { RightsRequest } from "../../src/api/types";
import { Keys } from "../../src/parts/key";
import { matching } from "../../src/parts/students";
import { correctionOf, STAYS } from "../../src/rights/correction";
import { extensionDays, historyOf, stepsOf, urgentFirst, wordOf } from "../../src/rights/steps";
import { students } from "../journey/sample";
import { request } from "../journey/sample-duties";

const NOW = new Date("2026-11-28T10:00:00Z");
const at = "2026-11-27T09:00:00Z";

describe("d4_steps", () => {
  const heard = { status: "acknowledged", acknowledged_at: at } as const;
  const confirmed = { ...heard, status: "confirmed", confirmed_at: at } as const;
  const done = { ...confirmed, status: "fulfilled", ended_at: at } as const;
  const cases: [string, Partial<RightsRequest>, string][] = [
    ["is acknowledged first", {}, "acknowledge extend refuse"],
    ["waits for the student", heard, "link extend refuse"],
    ["is handed over once confirmed", confirmed, "look hand_over extend refuse"],
    ["may be fetched for a while", { ...done, fetch_until: "2026-12-01T00:00:00Z" }, "look link"],
    ["and then not", { ...done, fetch_until: "2026-11-28T09:59:00Z" }, "look"],
    ["is put right", { ...confirmed, kind: "rectification" }, "rectify extend refuse"],
    [
      "restricts before it is confirmed",
      { kind: "restriction" },
      "acknowledge restrict extend refuse",
    ],
    [
      "and is confirmed afterwards",
      { ...heard, kind: "restriction", status: "fulfilled" },
      "lift link",
    ],
    ["an objection is confirmed first", { ...heard, kind: "objection" }, "link extend refuse"],
    ["ends when it is lifted", { ...done, kind: "objection", status: "lifted" }, ""],
    ["erases", { ...confirmed, kind: "erasure" }, "erase extend refuse"],
    ["goes on erasing", { ...confirmed, kind: "erasure", erasure_told_at: at }, "erase"],
    ["until it runs", { ...confirmed, kind: "erasure", erasure_told_at: at, erasure: "era" }, ""],
    ["is extended once", { ...heard, extended_because: "Much." }, "link refuse"],
    ["and in time", { ...heard, due_on: "2026-11-27" }, "link refuse"],
    ["nothing follows a refusal", { ...confirmed, status: "refused" }, ""],
  ];
  for (const [name, more, steps] of cases) {
    test(name, () => expect(stepsOf(request(1, more), NOW).join(" ")).toBe(steps));
  }

  test("an extension ends after the 30 days and within 90, in Copenhagen's days", () => {
    const came = request(1, { received_at: "2026-11-27T23:30:00Z" });
    expect(extensionDays(came)).toEqual({ min: "2026-12-29", max: "2027-02-26" });
  });

  test("are called what they come to", () => {
    expect(wordOf("restrict", request(1, { kind: "objection" }))).toBe("object");
    expect(wordOf("restrict", request(1, { kind: "restriction" }))).toBe("restrict");
    expect(wordOf("erase", request(1, { erasure_told_at: at }))).toBe("erase_on");
  });

  test("what is late stands first, and otherwise as it came", () => {
    const of = (n: number, alert?: RightsRequest["alert"]) =>
      request(n, alert === undefined ? {} : { alert });
    const list = [of(1), of(2, "due_soon"), of(3, "unacknowledged"), of(4), of(5, "overdue")];
    const order = urgentFirst(list).map(({ id }) => Number(id.slice(-1)));
    expect(order).toEqual([5, 3, 2, 1, 4]);
  });

  test("the history is in the order in which it happened", () => {
    const early = request(1, {
      ...heard,
      kind: "restriction",
      status: "fulfilled",
      ended_at: "2026-11-27T08:30:00Z",
    });
    expect(historyOf(early).map(({ event }) => event)).toEqual([
      "received",
      "fulfilled",
      "acknowledged",
    ]);
    expect(historyOf(request(1, { ...done, status: "refused" })).at(-1)?.event).toBe("refused");
  });
});

describe("d4_correction", () => {
  const label = { da: "", en: "" };
  const question = (id: string, kind: Parameters<typeof correctionOf>[1][number]["kind"]) => ({
    id,
    refs: [id],
    label,
    kind,
  });
  const questions = [
    question("level", { scale: { min: 1, max: 5 } }),
    question("free", {
      availability: {
        options: [
          { slots: [9, 8], answers: ["a"] },
          { slots: [9, 30], answers: ["b"] },
        ],
      },
    }),
    question("skills", { choices: { options: [{ code: "x" }, { code: "y" }] } }),
    question("others", { students: {} }),
    question("why", { text: {} }),
  ];
  const nothing = { name: "", email: " ", number: "", section: "", answers: {} };

  test("is nothing when nothing was filled in", () => {
    expect(correctionOf(nothing, questions)).toBeUndefined();
    expect(correctionOf({ ...nothing, answers: { level: STAYS } }, questions)).toBeUndefined();
  });

  test("has what was filled in, and answers as their questions take them", () => {
    const right = (text: string, ticked: string[] = []) =>
      ({ how: "right", text, ticked }) as const;
    const answers = {
      level: right("4"),
      free: right("", ["0", "1"]),
      skills: right("", ["y"]),
      others: right("somebody"),
      why: { how: "gone", text: "", ticked: [] } as const,
    };
    expect(correctionOf({ ...nothing, name: " Freja Lund ", answers }, questions)).toEqual({
      name: "Freja Lund",
      answers: { level: 4, free: [8, 9, 30], skills: ["y"], why: null },
    });
  });
});

describe("p1_keys", () => {
  test("the same again has the same key, and anything else another one", () => {
    const keys = new Keys();
    const first = keys.of({ kind: "access" });
    expect(keys.of({ kind: "access" })).toBe(first);
    const second = keys.of({ kind: "erasure" });
    expect(second).not.toBe(first);
    keys.forget();
    expect(keys.of({ kind: "erasure" })).not.toBe(second);
  });
});

describe("d4_students", () => {
  const names = (typed: string) => matching(students, typed).map(({ name }) => name);

  test("are found by parts of their names in any order and case, and by number", () => {
    expect(names("KROGH alma")).toEqual(["Alma Krogh"]);
    expect(names("øster")).toEqual(["Emil Østergaard", "David Østergaard"]);
    expect(names("20263")).toEqual(["David Aagaard"]);
    expect(names("nobody")).toEqual([]);
  });
});
