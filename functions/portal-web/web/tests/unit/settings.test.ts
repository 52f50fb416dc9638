import { describe, expect, test } from "vitest";
import { Failure } from "../../src/api/failure";
import { da } from "../../src/i18n/da";
import { en } from "../../src/i18n/en";
import { copied } from "../../src/pages/settings";
import {
  differing,
  draftOf,
  instant,
  localTime,
  merged,
  settingsOf,
} from "../../src/settings/draft";
import { at, faultsOf, nearest } from "../../src/settings/faults";
import { freshId } from "../../src/settings/ids";
import { readOptions, readSlots, writeOptions, writeSlots } from "../../src/settings/lines";
import { ABOUT, fresh, RECIPES, suited } from "../../src/settings/rules";
import { settings as sample } from "../journey/sample";

const { settings } = sample;

type Rules = typeof settings.criteria;

describe("p3_settings", () => {
  test("are the same after they were edited and nothing was changed", () => {
    for (const language of ["da", "en"] as const) {
      expect(settingsOf(draftOf(settings, language))).toEqual({ settings, faults: [] });
    }
  });

  test("say which line cannot be read, and which time", () => {
    const draft = draftOf(settings, "en");
    const questions = draft.questions.map((one) =>
      one.kind === "availability"
        ? { ...one, options: "mon | Mon 8-12 | a\nmon | Someday | b" }
        : one,
    );
    const { faults } = settingsOf({ ...draft, questions, deadline: "" });
    expect(faults.map((fault) => fault.pointer)).toEqual(["/questions/2/kind", "/deadline"]);
    expect(faults[0]?.words.en).toContain("line 2");
    expect(faults[0]?.words.da).toContain("linje 2");
  });

  test("of two contacts are put together: mine where I changed something, theirs elsewhere", () => {
    const mine = { ...settings, approval: false, name: { da: "A", en: "A" } };
    const changed = {
      ...settings,
      name: { da: "B", en: "B" },
      sizes: { min: 2, preferred: 3, max: 4 },
    };
    const both = merged(settings, mine, { ...sample, settings: changed });
    expect(both).toEqual({ ...mine, sizes: changed.sizes });
  });

  test("of two contacts lose no rule that one of them made or kept", () => {
    const [first, second] = settings.criteria;
    if (first === undefined || second === undefined) throw new Error("two criteria");
    const quarrel = (id: string, ...students: string[]) => ({
      id,
      weight: 50,
      hardness: "must" as const,
      rule: { apart: { sets: [students] } },
    });
    const both = (mine: Rules, theirs: Rules) => {
      const of = (criteria: Rules) => ({ ...settings, criteria });
      return merged(settings, of(mine), { ...sample, settings: of(theirs) }).criteria;
    };
    const heavier = { ...first, weight: 99 };
    const theirs = quarrel("apart-1", "stu_1", "stu_2");
    // I changed a weight, they made a rule.
    expect(both([heavier, second], [first, second, theirs])).toEqual([heavier, second, theirs]);
    // Each made one that is called alike.
    const mine = quarrel("apart-1", "stu_3", "stu_4");
    const all = both([first, second, mine], [first, second, theirs]);
    expect(all.slice(2)).toEqual([theirs, { ...mine, id: "apart-1-1" }]);
    // Both made the same, in another order.
    expect(
      both([first, second, quarrel("apart-1", "stu_2", "stu_1")], [first, second, theirs]),
    ).toEqual([first, second, theirs]);
    // One took out what the other left, and one what the other changed.
    expect(both([first], [first, second])).toEqual([first]);
    expect(both([first, second], [second])).toEqual([second]);
    expect(both([heavier, second], [second])).toEqual([second, heavier]);
  });

  test("are compared whatever order their members came in", () => {
    const turned = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(turned);
      if (typeof value !== "object" || value === null) return value;
      const members = Object.entries(value).reverse();
      return Object.fromEntries(members.map(([name, part]) => [name, turned(part)]));
    };
    const base = turned(settings) as typeof settings;
    const mine = settingsOf(draftOf(base, "en")).settings;
    expect(differing(base, mine)).toEqual([]);
    const more = { id: "hold-9", answers: ["Hold 9"] };
    const theirs = { ...base, sections: [...base.sections, more] };
    const both = merged(
      base,
      { ...mine, approval: !mine.approval },
      { ...sample, settings: theirs },
    );
    expect(both.sections).toEqual(theirs.sections);
  });

  test("that nobody touched are sent as they came, also what text cannot hold", () => {
    const odd = {
      ...settings,
      deadline: "2026-12-10T10:59:59Z",
      sections: [{ id: "a", answers: ["Hold 1; formiddag", "Hold 1"] }],
      questions: [
        {
          id: "q",
          refs: ["q;1"],
          kind: { choice: { options: [{ code: "a:b", answers: ["Yes; sometimes"] }] } },
          label: { da: "Spørgsmål", en: "Question" },
        },
        {
          id: "free",
          refs: ["free"],
          kind: { availability: { options: [{ slots: [8], answers: ["8 | 9"] }] } },
          label: { da: "Fri", en: "Free" },
        },
      ],
    };
    const draft = draftOf(odd, "en");
    const named = { ...draft, settings: { ...draft.settings, name: { da: "Nyt", en: "New" } } };
    const { settings: sent, faults } = settingsOf(named);
    expect({ sent, faults }).toEqual({
      sent: { ...odd, name: { da: "Nyt", en: "New" } },
      faults: [],
    });
    const [section] = draft.sections;
    if (section === undefined) throw new Error("a section");
    const edited = settingsOf({ ...draft, sections: [{ ...section, answers: "Hold 2; Hold 3" }] });
    expect(edited.settings.sections[0]?.answers).toEqual(["Hold 2", "Hold 3"]);
  });

  test("of another cohort are taken over without rules about its students", () => {
    const apart = { id: "x", rule: { apart: { sets: [["stu_1", "stu_2"]] } }, weight: 1 };
    const criteria = [...settings.criteria, { ...apart, hardness: "must" as const }];
    expect(copied({ ...settings, criteria }).criteria).toEqual(settings.criteria);
  });
});

describe("p3_lines", () => {
  test("are options, and are written as they are read", () => {
    const text = "a: A level; A-niveau\nb\nc: 10:30; later";
    expect(readOptions(text)).toEqual([
      { code: "a", answers: ["A level", "A-niveau"] },
      { code: "b", answers: [] },
      { code: "c", answers: ["10:30", "later"] },
    ]);
    expect(writeOptions(readOptions(text))).toBe(text);
  });

  test("are free times in both languages", () => {
    for (const [text, slots] of [
      ["mon | Mon 8-10 | a", [8, 9]],
      ["| man 8–10, tir 23-24 | a", [8, 9, 47]],
      ["x | søn 9 | a; b", [153]],
      ["x | Sunday 0-1 | a", [144]],
      ["x | - | never", []],
    ] as const) {
      const read = readSlots(text);
      expect("read" in read && read.read[0]?.slots, text).toEqual(slots);
    }
    for (const wrong of [
      "Mon 8",
      "a | Mon | b",
      "a | Mon 8-25 | b",
      "a | Mon 9-8 | b",
      "a | Mon 8 | ",
    ]) {
      expect(readSlots(wrong), wrong).toHaveProperty("wrong");
    }
  });

  test("of a whole week are read as they were written", () => {
    const options = [
      { field: "a", slots: [22, 23, 24, 25, 167], answers: ["x"] },
      { slots: [], answers: ["never"] },
    ];
    expect(writeSlots(options, "en")).toBe("a | Mon 22-24, Tue 0-2, Sun 23-24 | x\n | - | never");
    for (const language of ["da", "en"] as const) {
      expect(readSlots(writeSlots(options, language))).toEqual({ read: options });
    }
  });
});

describe("p3_deadlines", () => {
  test("are Copenhagen's, in summer, in winter, and when the clock is put back", () => {
    for (const [local, moment] of [
      ["2026-09-10T12:00", "2026-09-10T10:00:00Z"],
      ["2026-12-10T12:00", "2026-12-10T11:00:00Z"],
      ["2026-10-25T01:30", "2026-10-24T23:30:00Z"],
      ["2026-10-25T02:30", "2026-10-25T00:30:00Z"],
      ["2026-10-25T03:30", "2026-10-25T02:30:00Z"],
      ["2026-03-29T03:30", "2026-03-29T01:30:00Z"],
    ] as const) {
      expect(instant(local), local).toBe(moment);
      expect(localTime(moment), moment).toBe(local);
    }
    expect(instant("")).toBeUndefined();
    expect(localTime("")).toBe("");
  });
});

describe("p3_faults", () => {
  const words = { da: "mangler", en: "is missing" };
  const faults = [
    { pointer: "/sizes", words },
    { pointer: "/criteria/1/rule/cover/codes", words },
  ];

  test("stand at their place and at what they stand in", () => {
    expect(at(faults, "/criteria/1")).toHaveLength(1);
    expect(at(faults, "/criteria/1", false)).toHaveLength(0);
    expect(at(faults, "/criteria/11")).toHaveLength(0);
    expect(at(faults, "/sizes", false)).toHaveLength(1);
  });

  test("lead to the nearest field there is", () => {
    const there = ["at-criteria-1-rule-cover", "at-criteria-1", "at-sizes"];
    const exists = (id: string) => there.includes(id);
    expect(nearest("/criteria/1/rule/cover/codes", exists)).toBe("at-criteria-1-rule-cover");
    expect(nearest("/criteria/1/weight", exists)).toBe("at-criteria-1");
    expect(nearest("/nowhere", exists)).toBeUndefined();
  });

  test("are read from an answer about parameters alone", () => {
    const error = { in: "body", name: "sizes", problem: "p", pointer: "/sizes" };
    const header = { in: "header", name: "if-match", problem: "p" };
    const problem = { type: "t", title: "t", detail: "d", status: 400, errors: [error, header] };
    const told = faultsOf(new Failure("parameters", problem, undefined));
    expect(told).toEqual([{ pointer: "/sizes", words: told[0]?.words }]);
    expect(told[0]?.words.en).toBe("Group size: p");
    expect(told[0]?.words.da, "no English in Danish").toMatch(/^»Gruppestørrelse« mangler/);
    expect(faultsOf(new Failure("stale", problem, undefined))).toEqual([]);
  });
});

describe("g2_criteria", () => {
  const { questions } = draftOf(settings, "en");

  test("begin with a question that they can be about", () => {
    for (const kind of Object.keys(ABOUT) as (keyof typeof ABOUT)[]) {
      const question = suited(kind, questions)[0];
      const rule = fresh(kind, question);
      expect(Object.keys(rule)).toEqual([kind]);
      if (question !== undefined) expect(JSON.stringify(rule)).toContain(`"${question.id}"`);
    }
    expect(fresh("cover", questions[1])).toEqual({
      cover: { question: "gender", codes: ["woman"], at_least: 1 },
    });
  });

  test("have ids of their own", () => {
    expect(freshId("alone", settings.criteria)).toBe("alone-1");
    const taken = [{ id: "align-1" }, { id: "align-2" }] as typeof settings.criteria;
    expect(freshId("align", taken)).toBe("align-3");
  });

  test("of recipes name their research and say why in both languages", () => {
    for (const { name, source, weight } of RECIPES) {
      expect(source).toMatch(/\(\d{4}\): .+\./);
      expect(weight).toBeGreaterThan(0);
      for (const texts of [da, en]) expect(texts[`recipe_${name}_why`].length).toBeGreaterThan(40);
    }
  });
});
