import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import routes from "../../routes.json";
import type { Group } from "../../src/api/types";
import { en } from "../../src/i18n/en";
import { Words } from "../../src/i18n/words";
import { queryOf } from "../../src/pages/audit";
import { hours, weakestCriteriaFirst, weakestFirst } from "../../src/pages/board";
import { left } from "../../src/pages/cohorts";
import { conflictsOf, named } from "../../src/pages/conflict";
import { backOf, effectWords } from "../../src/pages/hands";
import { effect } from "../journey/sample";

const group = (number: number, score: number, broken = false): Group => ({
  number,
  score,
  section: "hold-1",
  members: [],
  common_slots: [],
  explained: [],
  told: [],
  unanswered: [],
  criteria: [{ criterion: "c", label: { da: "", en: "" }, must_broken: broken }],
});

describe("g5_board", () => {
  test("shows the weakest group first, and one that breaks a must-rule before any", () => {
    const groups = [group(1, 9000), group(2, 7000), group(3, 9900, true), group(4, 7000)];
    expect(weakestFirst(groups).map((one) => one.number)).toEqual([3, 2, 4, 1]);
    expect(groups.map((one) => one.number)).toEqual([1, 2, 3, 4]);
  });

  test("shows of each group the weakest criteria first", () => {
    const one = (criterion: string, score: number | undefined, must_broken = false) => ({
      criterion,
      label: { da: "", en: "" },
      must_broken,
      ...(score === undefined ? {} : { score }),
    });
    const criteria = [one("a", 9000), one("b", undefined), one("c", 10, true), one("d", 200)];
    const sorted = weakestCriteriaFirst(criteria).map((criterion) => criterion.criterion);
    expect(sorted).toEqual(["c", "d", "a", "b"]);
  });

  test("says free hours as spans", () => {
    const slots = [
      { day: 4, hour: 9 },
      { day: 1, hour: 9 },
      { day: 1, hour: 8 },
      { day: 1, hour: 12 },
    ];
    const t = (key: keyof typeof en) => en[key];
    expect(hours(slots, t)).toBe("Tue 8–10, Tue 12–13, Fri 9–10");
    expect(hours(slots, t, 1)).toBe("Tue 8–10 …");
    expect(hours([], t)).toBe("");
  });
});

describe("g3_conflicts", () => {
  const line = (en: string) => ({ da: en, en });
  const price = (sentence: number, criterion: string) => ({
    sentence,
    criterion,
    must_broken: 0,
    score: 1,
    now: 0,
  });
  const failure = {
    code: "must_rules_conflict" as const,
    detail: "",
    sentence: line(""),
    students: [],
    explained: [line("A and B."), line("If A."), line("If B."), line("C."), line("If C.")],
  };

  test("each has its own sentence and the prices of its own rules", () => {
    const prices = [price(1, "a"), price(2, "b"), price(4, "c")];
    const told = conflictsOf({ ...failure, prices });
    expect(told.map((one) => one.why.map(({ en }) => en))).toEqual([["A and B."], ["C."]]);
    expect(told.map((one) => one.prices.map(({ criterion }) => criterion))).toEqual([
      ["a", "b"],
      ["c"],
    ]);
  });

  test("without prices all sentences stand as they came", () => {
    expect(conflictsOf({ ...failure, prices: [] }).map((one) => one.why.length)).toEqual([5]);
  });

  test("names stand for numbers where they are known", () => {
    const names = ["Alma", undefined];
    expect(named("#1, #2 and #12 with #1", names)).toBe("Alma, #2 and #12 with Alma");
    expect(named("#? and # 1", names)).toBe("#? and # 1");
  });
});

describe("p3_pages", () => {
  test("say how long it is to a deadline", () => {
    const cohort = { deadline: "2026-09-10T12:00:00Z" } as Parameters<typeof left>[1];
    const words = new Words("en");
    for (const [now, said] of [
      ["2026-09-08T11:00:00Z", "2 days left"],
      ["2026-09-09T11:00:00Z", "1 day left"],
      ["2026-09-10T11:59:00Z", "today"],
      ["2026-09-10T12:01:00Z", "over"],
    ] as const) {
      expect(left(words, cohort, Date.parse(now))).toBe(said);
    }
  });

  test("ask the trail for what was filled in only, by days of Copenhagen", () => {
    expect(queryOf({ from: "", until: "", action: "" })).toEqual({});
    expect(queryOf({ from: "2026-09-01", until: "2026-11-02", action: "groups.list" })).toEqual({
      from: "2026-08-31T22:00:00Z",
      until: "2026-11-01T23:00:00Z",
      action: "groups.list",
    });
  });

  test("are at the addresses that the function answers", () => {
    const main = readFileSync("src/main.tsx", "utf8");
    const routed = [...main.matchAll(/path=\{(?:BASE|`\$\{BASE\}([^`]*)`)\}/g)].map(
      (found) => found[1] || "/",
    );
    const entries = [...main.matchAll(/place === "(\/[\w-]+)"/g)].map((found) => found[1]);
    expect(routed.length).toBeGreaterThan(6);
    expect([...new Set([...routed, ...entries])].sort()).toEqual([...routes].sort());
  });
});

describe("p3_build", () => {
  const dist = "dist";
  const files = existsSync(dist)
    ? readdirSync(dist, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
    : [];
  const plain = files.filter((file) => !/\.(br|gz)$/.test(file));

  test("is there: `npm run build` comes before `npm run check`", () => {
    expect(plain).toContain(join(dist, "index.html"));
  });

  const size = (some: readonly string[]) =>
    some
      .map((file) => (files.includes(`${file}.gz`) ? `${file}.gz` : file))
      .reduce((sum, file) => sum + readFileSync(file).length, 0);

  test("loads in at most 150 kB, and little more for the pages that are seldom opened", () => {
    // What a first visit loads is what the page names: the rest comes when it is needed.
    const page = readFileSync(join(dist, "index.html"), "utf8");
    const named = [...page.matchAll(/(?:src|href)="\/portal\/([^"]+)"/g)];
    const first = named.map((found) => join(dist, found[1] ?? ""));
    expect(first.length).toBeGreaterThan(2);
    expect(size(first)).toBeGreaterThan(50_000);
    expect(size([join(dist, "index.html"), ...first])).toBeLessThanOrEqual(150_000);
    expect(size(plain)).toBeLessThanOrEqual(200_000);
  });

  test("has neither inline code nor anything of anybody else's", () => {
    const page = readFileSync(join(dist, "index.html"), "utf8");
    expect(page).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=/);
    for (const [, url] of page.matchAll(/(?:src|href)="([^"]*)"/g)) {
      expect(url).toMatch(/^\/portal\/assets\/[\w-]+-[\w-]{8}\.\w+$/);
    }
    for (const file of plain) {
      const text = readFileSync(file, "utf8");
      expect(text.match(/url\((?!\/portal\/)/), file).toBeNull();
      for (const [url] of text.matchAll(/https?:\/\/[\w.-]+/g)) {
        // Names of vocabularies, and where a library's error message points; neither is called.
        expect(url, file).toMatch(
          /^http:\/\/(www\.w3\.org|schemas\.(openxmlformats\.org|microsoft\.com)|www\.wps\.cn)$|^https:\/\/github\.com$/,
        );
      }
    }
  });
});

describe("g6_hands", () => {
  const group = (number: number, ...members: string[]) =>
    ({ section: "a", number, members: members.map((id) => ({ id })) }) as Group;
  const groups = [group(1, "x", "y"), group(2, "z")];

  test("know what takes a change back", () => {
    expect(backOf(groups, { student: "x", to: 2 })).toEqual({ student: "x", to: 1 });
    expect(backOf(groups, { student: "x", with: "z" })).toEqual({ student: "x", with: "z" });
    expect(backOf(groups, { student: "nobody", to: 2 })).toBeUndefined();
  });

  test("say what a change does in both languages", () => {
    const told = { ...effect, better: false, broken: effect.mended, mended: [], out_of_size: [3] };
    expect(effectWords(new Words("en"), told)).toBe(
      "Not better. Weakest group 72 → 74.5. Mean 88 → 88.1. Breaks “Nobody alone with: Gender” in group 2. Group 3 is outside the sizes.",
    );
    expect(effectWords(new Words("da"), told)).toContain(
      "Bryder »Ingen alene om: Køn« i gruppe 2.",
    );
  });
});
