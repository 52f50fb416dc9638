// Requests of students of the sample cohort, one at each place where a request can be.

import type { components } from "../../src/api/schema";
import { COHORT } from "./sample";

type Schemas = components["schemas"];
type Request = Schemas["RightsRequest"];

const id = (prefix: string, n: number) => `${prefix}_${n.toString(16).padStart(32, "0")}`;

export const request = (n: number, more: Partial<Request>): Request => ({
  id: id("rrq", n),
  kind: "access",
  student: id("stu", n),
  status: "received",
  channel: "email",
  received_at: "2026-11-27T07:00:00Z",
  noted_by: id("con", 9),
  acknowledge_by: "2026-11-29T07:00:00Z",
  due_on: "2126-12-27",
  changed: [],
  ...more,
});

const heard = { status: "acknowledged", acknowledged_at: "2026-11-27T09:00:00Z" } as const;
const confirmed = {
  ...heard,
  status: "confirmed",
  confirmed_at: "2026-11-27T12:00:00Z",
} as const;

export const ACCESS = id("rrq", 1);
export const RECTIFICATION = id("rrq", 2);
export const ERASURE = id("rrq", 3);
export const LATE = id("rrq", 4);

export const requests: Request[] = [
  request(1, {}),
  request(2, { ...confirmed, kind: "rectification", channel: "phone" }),
  request(3, { ...confirmed, kind: "erasure", alert: "due_soon", channel: "institution" }),
  request(4, {
    ...heard,
    kind: "objection",
    alert: "overdue",
    received_at: "2026-09-01T07:00:00Z",
    acknowledge_by: "2026-09-03T07:00:00Z",
    due_on: "2026-10-01",
  }),
  request(5, {
    ...confirmed,
    status: "refused",
    refused_because: "The link was not used by you.",
    ended_at: "2026-11-28T08:00:00Z",
  }),
];

export const OTHER = id("coh", 2);
export const ROSTERED = id("stu", 77);

export const people = (name: Schemas["Localised"]): Schemas["Person"][] => [
  {
    cohort: COHORT,
    name,
    student: id("stu", 7),
    delete_on: "2027-05-11",
    takes_part: true,
    suppressed: "bounced",
    stored: { students: 1, responses: 2, groups: 1 },
  },
  {
    cohort: OTHER,
    name,
    student: ROSTERED,
    delete_on: "2027-10-01",
    takes_part: false,
    stored: { roster_pages: 1 },
    expected: { section: "hold-1", listed_at: "2026-08-25T08:00:00Z" },
  },
];

export const READY = id("exp", 1);
export const WRITTEN = id("exp", 9);

export const exported = (
  n: number,
  more: Partial<Schemas["InstitutionExport"]>,
): Schemas["InstitutionExport"] => ({
  id: id("exp", n),
  status: "running",
  requested_at: "2026-11-28T09:00:00Z",
  expires_at: "2026-12-28T09:00:00Z",
  ...more,
});

export const exports: Schemas["InstitutionExport"][] = [
  exported(1, { status: "ready", ended_at: "2026-11-28T09:04:00Z" }),
  exported(2, { status: "failed", failure: "erasure", ended_at: "2026-11-20T09:04:00Z" }),
  exported(3, { status: "expired", ended_at: "2026-09-20T09:04:00Z" }),
];

export const files: Schemas["ExportFile"][] = [
  [`${COHORT}.items-student-00001.jsonl`, 118, 214_016],
  ["audit-00001.jsonl", 4_210, 1_932_400],
  ["manifest.json", 1, 1_204],
].map(([name, items, bytes]) => ({
  name: String(name),
  items: Number(items),
  bytes: Number(bytes),
  sha256: "5b1e0f7c2a9d4e3f8b6a7c5d4e3f2a1b".repeat(2),
}));

export const BREACH = id("bre", 1);
export const CLOSED = id("bre", 2);

const QUESTIONS =
  "occurred found nature cause data_kind categories numbers findings consequences remedies follow_up closing_date";

export const breach: Schemas["Breach"] = {
  id: BREACH,
  status: "opened",
  aware_at: "2126-11-28T09:30:00Z",
  notify_by: "2126-11-29T09:30:00Z",
  clock: "running",
  opened_at: "2126-11-28T10:00:00Z",
  version: 4,
  answers: { nature: "A laptop with an encrypted disk was stolen." },
  unanswered: QUESTIONS.split(" ").filter((one) => one !== "nature"),
  notices: [],
  warnings: {},
};

export const affected: NonNullable<Schemas["Breach"]["affected"]> = {
  from: "2026-09-09T20:00:00Z",
  until: "2026-09-09T22:00:00Z",
  counted_at: "2026-09-10T11:00:00Z",
  cohorts: [
    {
      cohort: COHORT,
      students: 118,
      records: 118,
      responses: 121,
      raw_objects: 123,
      messages: 0,
    },
  ],
  erased: [{ erasure: id("era", 7), deleted: 240 }],
};

export const breaches: Schemas["Breach"][] = [
  breach,
  {
    ...breach,
    id: CLOSED,
    status: "closed",
    aware_at: "2026-09-10T09:30:00Z",
    notify_by: "2026-09-11T09:30:00Z",
    clock: "met",
    opened_at: "2026-09-10T10:00:00Z",
    closed_at: "2026-10-01T12:00:00Z",
    version: 9,
    risk: "likely",
    answers: {
      ...Object.fromEntries(
        QUESTIONS.split(" ").map((one) => [one, "It lay in a car, and the disk was locked."]),
      ),
      closing_date: "2026-10-01",
    },
    unanswered: [],
    affected,
    notices: [{ at: "2026-09-10T12:00:00Z", mail: "delivered" }, { at: "2026-09-12T12:00:00Z" }],
  },
];
