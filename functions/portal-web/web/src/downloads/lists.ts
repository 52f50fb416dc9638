// The lists that can be downloaded, each read whole from the API, page after page. Nothing is kept of a list that
// could not be read to its end.

import { type Api, ok } from "../api/client";
import { Failure, failureOf } from "../api/failure";
import type { Attendee, AuditEntry, Student } from "../api/types";
import type { Words } from "../i18n/words";
import type { Page } from "../parts/load";
import { type Column, type Contents, contentsOf } from "./contents";

export interface Reading {
  api: Api;
  words: Words;
  /** Stops it, also while it waits for somebody to sign in again. */
  signal: AbortSignal;
  /** So many more have been read. */
  told: (more: number) => void;
}

/** The most that the API hands out at once. */
const limit = 200;

export async function groups(
  reading: Reading,
  cohort: string,
  formation: string,
  section: string,
): Promise<Contents> {
  const { api, words, signal } = reading;
  const path = { cohort, formation };
  const version = async () => {
    const route = "/api/cohorts/{cohort}/formations/{formation}";
    const call = api.GET(route, { params: { path }, signal });
    const { response, error } = await unlessStopped(signal, call);
    if (error !== undefined) throw failureOf(response, error);
    return response.headers.get("etag");
  };
  const before = await version();
  const found = await whole(reading, (query) =>
    ok(
      api.GET("/api/cohorts/{cohort}/formations/{formation}/groups", {
        params: { path, query },
        signal,
      }),
    ),
  );
  const students = await byId(reading, cohort);
  // Whoever was moved between two pages would stand in both or in none.
  const members = found.flatMap((group) => group.members.map(({ id }) => id));
  if (new Set(members).size < members.length || (await version()) !== before) {
    throw new Failure("download-changed", undefined, undefined);
  }
  const items = found
    .filter((group) => section === "" || group.section === section)
    .flatMap(({ section, number, score, members }) =>
      members.map(({ id, name }) => {
        const { email, number: student_number } = students.get(id) ?? {};
        return { section, group: number, student: id, name, email, student_number, score };
      }),
    );
  return contentsOf(
    items,
    [
      ["section", (one) => one.section],
      ["download_group", (one) => one.group],
      ["student_name", (one, { t }) => one.name ?? t("member_gone")],
      ["student_email", (one) => one.email],
      ["student_number", (one) => one.student_number],
      ["download_score", (one) => one.score / 100],
    ],
    words,
  );
}

/** Somebody who answered or is expected, with what either list says. */
interface Known extends Partial<Omit<Student, "id">> {
  id: string;
  answered_section?: string | undefined;
  presence?: Attendee["presence"] | undefined;
}

/** Who answered, and whether they are on the roster if there is one. */
export async function students(
  reading: Reading,
  cohort: string,
  section: string,
): Promise<Contents> {
  const { api, words, signal } = reading;
  const path = { cohort };
  const roster = await unlessStopped(
    signal,
    ok(api.GET("/api/cohorts/{cohort}/roster", { params: { path }, signal })),
  );
  const found = await answered(reading, cohort, section);
  if (roster.listed_at === undefined) return people<Known>(found, [], words);
  const others = await attending(reading, cohort, { presence: "unlisted" });
  const unlisted = new Set(others.map(({ id }) => id));
  const items = found.map((one): Known => {
    return { ...one, presence: unlisted.has(one.id) ? "unlisted" : "answered" };
  });
  return people(items, [LISTED], words);
}

/** Who is expected and who answered, as the roster's page shows them. */
export async function roster(
  reading: Reading,
  cohort: string,
  filters: { presence?: Attendee["presence"]; section?: string },
): Promise<Contents> {
  const found = await attending(reading, cohort, filters);
  // Who has not answered is not among the students.
  const known = found.some(({ presence }) => presence !== "waiting")
    ? await byId(reading, cohort)
    : new Map<string, Student>();
  const items = found.map((one): Known => {
    const { number, takes_part } = known.get(one.id) ?? {};
    return {
      ...one,
      ...(number === undefined ? {} : { number }),
      ...(takes_part === undefined ? {} : { takes_part }),
    };
  });
  const state: Column<Known> = [
    "roster_presence",
    ({ presence }, { t }) => presence && t(`presence_${presence}`),
  ];
  const elsewhere: Column<Known> = ["download_elsewhere", (one) => one.answered_section];
  return people(items, [state, LISTED, elsewhere], reading.words);
}

const LISTED: Column<Known> = [
  "download_listed",
  ({ presence }, { t }) => t(presence === "unlisted" ? "download_no" : "download_yes"),
];

function people<T extends Known>(items: T[], more: readonly Column<Known>[], words: Words) {
  const columns: readonly Column<Known>[] = [
    ["section", (one) => one.section],
    ["student_name", (one) => one.name],
    ["student_email", (one) => one.email],
    ["student_number", (one) => one.number],
    ["student_submitted", (one) => one.submitted_at && { at: one.submitted_at }],
    ...more,
    [
      "download_takes_part",
      ({ takes_part }, { t }) =>
        takes_part === undefined ? undefined : t(takes_part ? "download_yes" : "download_no"),
    ],
    ["download_mail", (one, { t }) => one.suppressed && t(`suppressed_${one.suppressed}`)],
  ];
  return contentsOf<Known>(items, columns, words);
}

/** The entries that match, the oldest first. JSON holds their hashes as well. */
export async function audit(
  reading: Reading,
  filters: Readonly<Record<string, string>>,
): Promise<Contents> {
  const { api, words, signal } = reading;
  const items = await whole(reading, async (query) => {
    const asked = { ...filters, ...query };
    const page = await ok(api.GET("/api/audit", { params: { query: asked }, signal }));
    // A table is only sent to who asks for `text/csv`.
    if (typeof page === "string") throw new Failure("unexpected", undefined, undefined);
    return page;
  });
  const columns: readonly Column<AuditEntry>[] = [
    ["download_sequence", (one) => one.sequence],
    ["audit_when", (one) => ({ at: one.at })],
    ["audit_action", (one) => one.action],
    ["audit_who", ({ actor }) => actor.contact ?? actor.job ?? actor.student],
    ["cohort", (one) => one.cohort],
    ["audit_subjects", (one) => one.subjects],
    ["download_ids", (one) => one.ids.join(" ")],
    ["audit_outcome", (one, { t }) => t(`audit_${one.outcome}`)],
    ["download_problem", (one) => one.problem],
    ["audit_why", (one) => one.reason],
    ["download_request", (one) => one.request],
  ];
  return contentsOf(items, columns, words);
}

function answered(reading: Reading, cohort: string, section = ""): Promise<Student[]> {
  const { api, signal } = reading;
  const only = section === "" ? {} : { section };
  return whole(reading, (page) =>
    ok(
      api.GET("/api/cohorts/{cohort}/students", {
        params: { path: { cohort }, query: { ...only, ...page } },
        signal,
      }),
    ),
  );
}

async function byId(reading: Reading, cohort: string): Promise<Map<string, Student>> {
  const found = await answered(reading, cohort);
  return new Map(found.map((one) => [one.id, one]));
}

function attending(
  reading: Reading,
  cohort: string,
  only: { presence?: Attendee["presence"]; section?: string },
): Promise<Attendee[]> {
  const { api, signal } = reading;
  return whole(reading, (page) =>
    ok(
      api.GET("/api/cohorts/{cohort}/roster/people", {
        params: { path: { cohort }, query: { ...only, ...page } },
        signal,
      }),
    ),
  );
}

/** A whole list. A page may be empty and the list go on. */
export async function whole<T>(
  { signal, told }: Pick<Reading, "signal" | "told">,
  load: (query: { limit: number; cursor?: string }) => Promise<Page<T>>,
): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const page = await unlessStopped(signal, load({ limit, ...(cursor ? { cursor } : {}) }));
    items.push(...page.items);
    told(page.items.length);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  return items;
}

/** What was asked for, unless it is stopped before: a call waits while somebody has to sign in again. */
function unlessStopped<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}
