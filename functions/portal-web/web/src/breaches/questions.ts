// The twelve questions of a breach, in the order of annex E, and what of them was changed.

import type { Breach } from "../api/types";

export const QUESTIONS = [
  "occurred",
  "found",
  "nature",
  "cause",
  "data_kind",
  "categories",
  "numbers",
  "findings",
  "consequences",
  "remedies",
  "follow_up",
  "closing_date",
] as const;
export type Question = (typeof QUESTIONS)[number];
export type Answers = Record<Question, string>;

export const answersOf = ({ answers }: Breach): Answers =>
  Object.fromEntries(QUESTIONS.map((one) => [one, answers[one] ?? ""])) as Answers;

/** The answers that are to be sent: those that differ. One cannot be taken away, so an emptied one stays. */
export function changedAnswers(from: Answers, to: Answers): Partial<Answers> {
  const changed = QUESTIONS.filter((one) => {
    const text = to[one].trim();
    return text !== "" && text !== from[one];
  });
  return Object.fromEntries(changed.map((one) => [one, to[one].trim()]));
}

/** Mine where I changed something, theirs elsewhere. */
export function mergedAnswers(base: Answers, mine: Answers, theirs: Answers): Answers {
  return Object.fromEntries(
    QUESTIONS.map((one) => [one, mine[one] === base[one] ? theirs[one] : mine[one]]),
  ) as Answers;
}

/** Questions that both of us changed, each in another way. */
export function contested(base: Answers, mine: Answers, theirs: Answers): Question[] {
  return QUESTIONS.filter(
    (one) => mine[one] !== base[one] && theirs[one] !== base[one] && mine[one] !== theirs[one],
  );
}

/** The numbers of questions, as they stand on the page. */
export const numbersOf = (named: readonly string[]): number[] =>
  QUESTIONS.flatMap((one, place) => (named.includes(one) ? [place + 1] : []));

const DUE_FROM = 12;

/** How the 24 hours stand by now: a page that stays open goes on from what the API said. */
export function clockAt(breach: Breach, now: number): Breach["clock"] {
  if (breach.clock !== "running" && breach.clock !== "due") return breach.clock;
  const left = (Date.parse(breach.notify_by) - now) / 3_600_000;
  if (left < 0) return "overdue";
  return left <= DUE_FROM ? "due" : breach.clock;
}

/** How many whole hours are left of the 24. */
export function hoursLeft({ notify_by }: Breach, now: number): number {
  return Math.max(0, Math.floor((Date.parse(notify_by) - now) / 3_600_000));
}
