// What a rectification puts right, from the form: only what was entered, and answers in the form the API takes them.

import type { CohortSettings, Rectification } from "../api/types";

type Question = CohortSettings["questions"][number];

/** An answer as it is entered: left as it is, taken away, or put right. */
export interface Corrected {
  how: "stays" | "gone" | "right";
  /** A number, a code or a text. */
  text: string;
  /** Codes of options, or their places for free times. */
  ticked: readonly string[];
}

export const STAYS: Corrected = { how: "stays", text: "", ticked: [] };

/** Questions whose answers can be put right: names of others are put right by answering again. */
export const correctable = (questions: readonly Question[]): Question[] =>
  questions.filter(({ kind }) => kind.students === undefined);

export interface Fields {
  name: string;
  email: string;
  number: string;
  section: string;
  answers: Record<string, Corrected>;
}

/** What is sent, or nothing if nothing was entered. */
export function correctionOf(
  fields: Fields,
  questions: readonly Question[],
): Rectification | undefined {
  const said: Rectification = {};
  for (const name of ["name", "email", "number", "section"] as const) {
    if (fields[name].trim() !== "") said[name] = fields[name].trim();
  }
  const answers: Record<string, unknown> = {};
  for (const question of correctable(questions)) {
    const { how, text, ticked } = fields.answers[question.id] ?? STAYS;
    if (how === "gone") answers[question.id] = null;
    if (how === "right") answers[question.id] = answerOf(question.kind, text, ticked);
  }
  if (Object.keys(answers).length > 0) said.answers = answers as Record<string, never>;
  return Object.keys(said).length > 0 ? said : undefined;
}

function answerOf(kind: Question["kind"], text: string, ticked: readonly string[]): unknown {
  if (kind.scale !== undefined) return Number(text);
  if (kind.choices !== undefined) return [...ticked];
  if (kind.availability !== undefined) {
    const chosen = kind.availability.options.filter((_, place) => ticked.includes(String(place)));
    return [...new Set(chosen.flatMap(({ slots }) => slots))].sort((a, b) => a - b);
  }
  return text;
}
