// What can be done about a request where it is, as the API decides it: a step that cannot be taken is not offered.

import type { RightsRequest } from "../api/types";

export type Step =
  | "acknowledge"
  | "link"
  | "look"
  | "hand_over"
  | "rectify"
  | "erase"
  | "restrict"
  | "lift"
  | "extend"
  | "refuse";

const OPEN: readonly RightsRequest["status"][] = ["received", "acknowledged", "confirmed"];

export const isOpen = ({ status }: RightsRequest): boolean => OPEN.includes(status);

/** The step that fulfils a request of each kind. */
const FULFILS: Record<RightsRequest["kind"], Step> = {
  access: "hand_over",
  portability: "hand_over",
  rectification: "rectify",
  erasure: "erase",
  restriction: "restrict",
  objection: "restrict",
};

/** The steps that can be taken now, what a request waits for first. */
export function stepsOf(request: RightsRequest, now = new Date()): Step[] {
  const { kind, status } = request;
  const steps: Step[] = [];
  const exports = FULFILS[kind] === "hand_over";
  const done = status === "fulfilled";
  // A restriction only protects, so it may be set before the student has confirmed it.
  const ready = status === "confirmed" || (isOpen(request) && kind === "restriction");
  if (status === "received") steps.push("acknowledge");
  if (exports && request.confirmed_at !== undefined && (status === "confirmed" || done)) {
    steps.push("look");
  }
  if (ready && request.erasure === undefined) steps.push(FULFILS[kind]);
  if (done && FULFILS[kind] === "restrict") steps.push("lift");
  const fetchable = exports && request.fetch_until !== undefined;
  const unconfirmed = request.confirmed_at === undefined && request.acknowledged_at !== undefined;
  if (
    status === "acknowledged" ||
    (done && unconfirmed) ||
    (done && fetchable && now.toISOString() < instantOf(request.fetch_until))
  ) {
    steps.push("link");
  }
  if (
    isOpen(request) &&
    request.extended_because === undefined &&
    dayOf(now) <= request.due_on &&
    request.erasure_told_at === undefined
  ) {
    steps.push("extend");
  }
  if (isOpen(request) && request.erasure_told_at === undefined) steps.push("refuse");
  return steps;
}

const instantOf = (moment: string | undefined) => new Date(moment ?? 0).toISOString();

/** The day in Copenhagen. */
export function dayOf(at: Date): string {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Copenhagen" }).format(at);
}

const plus = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);

/** The days that an extension may name: after the 30 days, at most 90 after the request came. */
export function extensionDays(request: RightsRequest): { min: string; max: string } {
  const came = dayOf(new Date(request.received_at));
  return { min: plus(came, 31), max: plus(came, 90) };
}

const URGENCY: readonly RightsRequest["alert"][] = ["overdue", "unacknowledged", "due_soon"];

/** What is late first, then what is close; otherwise as the API puts them. */
export function urgentFirst(requests: readonly RightsRequest[]): RightsRequest[] {
  const rank = ({ alert }: RightsRequest) =>
    alert === undefined ? URGENCY.length : URGENCY.indexOf(alert);
  return [...requests].sort((a, b) => rank(a) - rank(b));
}

export type Happening =
  | "received"
  | "acknowledged"
  | "confirmed"
  | "told"
  | "fulfilled"
  | "refused"
  | "lifted"
  | "fetched";

/** What happened to a request, in the order in which it did. */
export function historyOf(request: RightsRequest): { event: Happening; at: string }[] {
  const { status } = request;
  const end = status === "refused" || status === "lifted" ? status : "fulfilled";
  const events: [Happening, string | undefined][] = [
    ["received", request.received_at],
    ["acknowledged", request.acknowledged_at],
    ["confirmed", request.confirmed_at],
    ["told", request.erasure_told_at],
    [end, request.ended_at],
    ["fetched", request.fetched_at],
  ];
  return events
    .flatMap(([event, at]) => (at === undefined ? [] : [{ event, at }]))
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

/** The word of a step, which is another one where it goes on with what was begun. */
export function wordOf<S extends Step>(step: S, request: RightsRequest): S | "erase_on" | "object" {
  if (step === "erase" && request.erasure_told_at !== undefined) return "erase_on";
  if (step === "restrict" && request.kind === "objection") return "object";
  return step;
}
