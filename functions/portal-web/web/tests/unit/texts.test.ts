import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Failure, failureOf } from "../../src/api/failure";
import { da } from "../../src/i18n/da";
import { en, type Key } from "../../src/i18n/en";
import { preferred, Words } from "../../src/i18n/words";

const keys = Object.keys(en) as Key[];
const names = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((found) => found[1]).sort();

describe("p3_texts", () => {
  test("are there in both languages, with the same values in them", () => {
    expect(Object.keys(da).sort()).toEqual(Object.keys(en).sort());
    for (const key of keys) {
      expect(da[key].trim(), key).not.toBe("");
      expect(en[key].trim(), key).not.toBe("");
      expect(names(da[key]), key).toEqual(names(en[key]));
    }
  });

  test("are Danish in Danish: hardly any is the same", () => {
    const same = keys.filter((key) => da[key] === en[key] && /[a-z]{3}/i.test(en[key]));
    const alike = ["product", "deadline_in", "formation_status", "student_email"];
    const allowed = new Set([
      ...alike,
      "message_kind",
      "erasure_scope_institution",
      "certificate_json",
      "retention_reference",
      "certificate_pdf",
    ]);
    expect(same.filter((key) => !allowed.has(key))).toEqual([]);
  });

  test("are all used", () => {
    const source = sources("src").join("\n");
    // Built from a value: `state_${…}`.
    const built = [...source.matchAll(/`(\w+_)\$\{/g)].map((found) => found[1] ?? "");
    const counted = (key: string) => key.replace(/_(one|other)$/, "");
    const unused = keys.filter(
      (key) =>
        !source.includes(`"${key}"`) &&
        !source.includes(`"${counted(key)}"`) &&
        !built.some((prefix) => key.startsWith(prefix)) &&
        !/^(approve|reject)_/.test(key),
    );
    expect(unused).toEqual([]);
  });

  test("have a form for one and for many", () => {
    const [danish, english] = [new Words("da"), new Words("en")];
    expect(english.n("deadline_in", 1)).toBe("1 day left");
    expect(english.n("deadline_in", 2)).toBe("2 days left");
    expect(danish.n("deadline_in", 1)).toBe("1 dag tilbage");
    expect(danish.n("deadline_in", 1234)).toBe("1.234 dage tilbage");
  });

  test("say dates and scores as the language does, in Copenhagen's time", () => {
    const [danish, english] = [new Words("da"), new Words("en")];
    expect(danish.day("2027-05-07")).toBe("7. maj 2027");
    expect(english.day("2027-05-07")).toBe("7 May 2027");
    expect(english.time("2026-08-31T22:30:00Z")).toContain("1 Sept 2026");
    expect(english.time("2026-08-31T22:30:00Z")).toContain("00:30");
    expect(danish.score(8734)).toBe("87,3");
    expect(english.score(10_000)).toBe("100");
  });

  test("come in the language that was chosen, or that the browser prefers, or else Danish", () => {
    for (const [chosen, browser, language] of [
      [null, ["en-GB", "da"], "en"],
      [null, ["de-DE", "da-DK", "en"], "da"],
      [null, ["de"], "da"],
      [null, [], "da"],
      ["en", ["da"], "en"],
      ["fr", ["EN-us"], "en"],
    ] as const) {
      expect(preferred(chosen, browser), `${chosen} ${browser}`).toBe(language);
    }
  });
});

describe("p1_problems", () => {
  const respond = (status: number, headers = {}) => new Response(null, { status, headers });
  const problem = (kind: string, more = {}) => ({
    type: `urn:unihelper:problem:${kind}`,
    title: "Title",
    detail: "Detail.",
    status: 409,
    ...more,
  });

  test("of the API are said in the reader's words, with the number to quote", () => {
    const failure = failureOf(respond(409, { "x-request-id": "r1" }), problem("busy"));
    expect([failure.kind, failure.request]).toEqual(["busy", "r1"]);
    expect(new Words("da").failure(failure)).toBe(da.problem_busy);
    expect(new Words("en").failure(failure)).toBe(en.problem_busy);
  });

  test("name the role that is needed", () => {
    const body = problem("role-too-low", { needed_role: "coordinator" });
    const failure = failureOf(respond(403), body);
    expect(new Words("da").failure(failure)).toContain("Koordinator");
    expect(new Words("en").failure(failure)).toContain("Coordinator");
  });

  test("that nobody has translated are said as the API says them", () => {
    const failure = failureOf(respond(409), problem("brand-new"));
    expect(new Words("da").failure(failure)).toBe("Title. Detail.");
  });

  test("of the gateway, which are no problem documents, are told apart", () => {
    for (const [status, body, kind] of [
      [429, { message: "Too Many Requests" }, "throttled"],
      [503, "", "unavailable"],
      [500, { message: "Internal Server Error" }, "unexpected"],
      [404, { type: "about:blank" }, "unexpected"],
    ] as const) {
      expect(failureOf(respond(status), body).kind).toBe(kind);
      const failure = new Failure(kind, undefined, undefined);
      for (const language of ["da", "en"] as const) {
        expect(new Words(language).failure(failure).length).toBeGreaterThan(20);
      }
    }
  });

  test("that these pages can meet all have words", () => {
    const met = ["not-found", "not-a-contact", "institution-deactivated", "role-too-low"];
    met.push("reason-required", "parameters", "busy", "groups-published", "internal");
    met.push("not-awaiting-approval", "already-decided", "no-groups", "no-certificate");
    met.push("already-objected", "notice-over", "unavailable", "unauthenticated", "stale");
    for (const kind of met) expect(en, kind).toHaveProperty([`problem_${kind}`]);
  });
});

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(
      (entry) => /\.tsx?$/.test(entry.name) && !/^((en|da)(-\w+)?|schema\.d)\.ts$/.test(entry.name),
    )
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"));
}
