import { existsSync, readdirSync, readFileSync } from "node:fs";
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

  test("have the quotation marks of their language", () => {
    for (const key of keys) {
      expect(da[key], key).not.toMatch(/[“”]/);
      expect(en[key], key).not.toMatch(/[«»]/);
    }
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
    expect(english.n("approve_groups", 1)).toBe("1 group is published");
    expect(danish.n("approve_groups", 1)).toBe("1 gruppe offentliggøres");
    expect(english.n("mailing_told_sent", 1)).toBe("The mail was sent: 1 mail.");
    expect(danish.n("audit_searching", 1)).toBe("1 post indtil nu");
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

  test("that nobody has translated are said as the API says them to whoever reads English", () => {
    const failure = failureOf(respond(409), problem("brand-new"));
    expect(new Words("en").failure(failure)).toBe("Title. Detail.");
    expect(new Words("da").failure(failure), "no English in Danish").toBe(da.problem_unexpected);
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

  test("of the API all have words", () => {
    const told = readFileSync("../../portal-api/src/problem/told.rs", "utf8");
    // An entry of the table: `StatusCode::…, "kind", "title", …`, or `("kind", "title", …)` of one status.
    const kinds = [...told.matchAll(/(?:StatusCode::\w+,|\()\s*"([a-z]+(?:-[a-z]+)*)",/g)];
    const words = new Set(kinds.map((found) => found[1]));
    expect(words.size).toBeGreaterThan(45);
    expect(words).toContain("group-locked");
    const wordless = [...words].filter((kind) => !Object.hasOwn(en, `problem_${kind}`));
    expect(wordless).toEqual([]);
  });

  test("with a parameter name its field in the reader's language, and nobody reads other words", () => {
    const [danish, english] = [new Words("da"), new Words("en")];
    const error = { in: "body", name: "occurred", problem: "has no answer" };
    expect(english.fault(error)).toBe("When did it occur?: has no answer");
    expect(danish.fault(error)).toBe(
      "»Hvornår skete det?« mangler eller er ikke udfyldt, som det skal være.",
    );
    expect(danish.fault({ ...error, name: "criteria.alone" })).toContain("»Kriterium«");
    expect(danish.fault({ ...error, name: "limit" })).toBe(da.fault_somewhere);
    expect(english.fault({ ...error, name: "limit" })).toBe("limit: has no answer");
    const words = { da: "mangler", en: "is missing" };
    expect(danish.fault({ ...error, words })).toBe("mangler");
  });
});

describe("d5_actions", () => {
  test("that the functions note in the audit trail all have words", () => {
    const noted =
      /\b(record\w*|entry|note|note_once|of_job|step|write|answer)\(|\baction\b|\bACTION\b|Verdict::|&scope\.cohort\)|\(None, "/;
    const found = new Set<string>();
    for (const { name, text } of rust("../..")) {
      if (/test/.test(name)) continue;
      for (const line of text.split("\n")) {
        if (line.includes("tracing::") || !noted.test(line)) continue;
        for (const [, action] of line.matchAll(/"([a-z_]+(?:\.[a-z_]+)+)"/g))
          found.add(action ?? "");
      }
    }
    // The steps of a request are named after their functions.
    const steps = readFileSync("../../portal-api/src/routes/rights_steps.rs", "utf8");
    for (const [, step] of steps.matchAll(/^ {4}(\w+), "\/api\//gm)) found.add(`rights.${step}`);
    expect(found.size).toBeGreaterThan(80);
    expect(found).toContain("rights.hand_over");
    expect([...found].filter((action) => !Object.hasOwn(en, `action_${action}`))).toEqual([]);
    const words = keys.filter((key) => /^action_/.test(key)).map((key) => key.slice(7));
    expect(words.filter((action) => !found.has(action))).toEqual([]);
  });

  test("are told, and so is an attempt and why it was refused", () => {
    const danish = new Words("da");
    expect(danish.action("groups.list")).toBe("Så på grupper");
    expect(danish.action("GET /api/cohorts/{cohort}")).toBe(da.audit_attempt);
    expect(danish.action("brand.new")).toBeUndefined();
    expect(danish.refusal("role-too-low")).toBe(da.audit_role);
    expect(danish.refusal("busy")).toBe(da.problem_busy);
    expect(danish.refusal("brand-new")).toBeUndefined();
  });
});

/** The Rust of the functions and of what they share. */
function rust(folder: string): { name: string; text: string }[] {
  return readdirSync(folder, { withFileTypes: true })
    .map((one) => join(folder, one.name, "src"))
    .filter((src) => existsSync(src) && existsSync(join(src, "..", "Cargo.toml")))
    .flatMap((src) => readdirSync(src, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.name.endsWith(".rs"))
    .map(({ name, parentPath }) => ({ name, text: readFileSync(join(parentPath, name), "utf8") }));
}

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(
      (entry) => /\.tsx?$/.test(entry.name) && !/^((en|da)(-\w+)?|schema\.d)\.ts$/.test(entry.name),
    )
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"));
}
