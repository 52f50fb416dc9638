import { describe, expect, test } from "vitest";
import type { Breach } from "../../src/api/types";
import { offered } from "../../src/breaches/offered";
import {
  answersOf,
  changedAnswers,
  clockAt,
  contested,
  hoursLeft,
  mergedAnswers,
  numbersOf,
  QUESTIONS,
} from "../../src/breaches/questions";
import { breach } from "../journey/sample-duties";

describe("d7_answers", () => {
  const base = answersOf(breach);

  test("are those of the twelve questions", () => {
    expect(QUESTIONS).toHaveLength(12);
    expect(base.nature).toBe("A laptop with an encrypted disk was stolen.");
    expect(base.cause).toBe("");
  });

  test("are sent where they changed; none can be taken away", () => {
    const mine = { ...base, cause: " It lay in a car. ", nature: "" };
    expect(changedAnswers(base, mine)).toEqual({ cause: "It lay in a car." });
    expect(changedAnswers(base, base)).toEqual({});
  });

  test("of two are put together: mine where I changed something, theirs elsewhere", () => {
    const mine = { ...base, nature: "Mine.", cause: "Mine." };
    const theirs = { ...base, nature: "Theirs.", found: "Theirs." };
    const both = mergedAnswers(base, mine, theirs);
    expect([both.nature, both.cause, both.found]).toEqual(["Mine.", "Mine.", "Theirs."]);
    expect(contested(base, mine, theirs)).toEqual(["nature"]);
    expect(contested(base, mine, { ...theirs, nature: "Mine." })).toEqual([]);
  });
});

describe("d7_clock", () => {
  const end = Date.parse(breach.notify_by);
  const hour = 3_600_000;

  test("counts whole hours to the end of the 24", () => {
    expect(hoursLeft(breach, end - 23.5 * hour)).toBe(23);
    expect(hoursLeft(breach, end - 0.5 * hour)).toBe(0);
    expect(hoursLeft(breach, end + 0.5 * hour)).toBe(0);
  });

  test("goes on from what the API said until the institution is told", () => {
    const at = (left: number, clock: Breach["clock"] = "running") =>
      clockAt({ ...breach, clock }, end - left * hour);
    expect([at(13), at(12), at(0), at(-0.1)]).toEqual(["running", "due", "due", "overdue"]);
    // A browser whose clock is behind takes nothing back.
    expect([at(13, "due"), at(1, "overdue")]).toEqual(["due", "overdue"]);
    expect([at(-1, "met"), at(-1, "late")]).toEqual(["met", "late"]);
  });
});

describe("d7_steps", () => {
  const unknown = { answers: {}, unanswered: [...QUESTIONS] };
  const assessed = { risk: "high", status: "assessed", version: 5 } as const;
  const told: Partial<Breach> = {
    ...assessed,
    status: "notified",
    version: 6,
    notices: [{ at: "2126-11-28T11:00:00Z" }],
  };
  const known = { unanswered: [] };
  const cases: [string, Partial<Breach>, number | undefined, string, string | undefined, string][] =
    [
      [
        "answers what happened first",
        unknown,
        undefined,
        "count",
        undefined,
        "breach-nature-unknown breach-not-assessed breach-not-notified",
      ],
      [
        "assesses then",
        {},
        undefined,
        "assess count",
        "assess",
        "breach-not-assessed breach-not-notified",
      ],
      ["tells then", assessed, undefined, "assess count notify", "notify", "breach-not-notified"],
      [
        "tells nothing twice",
        told,
        6,
        "assess count",
        undefined,
        "breach-nothing-new breach-incomplete",
      ],
      [
        "tells what is new",
        { ...told, version: 7 },
        6,
        "assess count notify",
        undefined,
        "breach-incomplete",
      ],
      ["closes", { ...told, ...known }, undefined, "assess count notify close", "close", ""],
      [
        "closes only what was told",
        { ...assessed, ...known },
        undefined,
        "assess count notify",
        "notify",
        "breach-not-notified",
      ],
    ];

  test.each(cases)("%s", (_, more, of, steps, next, waits) => {
    const now = offered({ ...breach, ...more }, of);
    expect(now.steps.join(" ")).toBe(steps);
    expect(now.next).toBe(next);
    expect(now.waits.map(({ lacks }) => lacks).join(" ")).toBe(waits);
  });

  test("open questions are named by their numbers", () => {
    expect(numbersOf(["closing_date", "nature"])).toEqual([3, 12]);
  });
});
