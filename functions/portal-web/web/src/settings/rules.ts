// The kinds of rules: which questions each can be about, what it begins with, and recipes for what teachers want
// most often, each with the research it rests on.

import type { CohortSettings } from "../api/types";
import type { Criterion, Kind, QuestionDraft } from "./draft";
import { readOptions } from "./lines";

export type Rule = Criterion["rule"];
export type RuleKind = keyof Rule;

/** Rules that can be added here, and the kinds of questions they are about. */
export const ABOUT = {
  align: ["scale", "choice", "choices"],
  mix: ["scale", "choice", "choices"],
  balance: ["scale"],
  overlap: ["availability"],
  never_alone: ["choice", "choices"],
  cover: ["choice", "choices"],
  at_most: ["choice", "choices"],
  as_few: ["choice", "choices"],
  as_many: ["choice", "choices"],
  not_again: [],
  wishes: ["students"],
} as const satisfies Partial<Record<RuleKind, readonly Kind[]>>;
export type Addable = keyof typeof ABOUT;
export const ADDABLE = Object.keys(ABOUT) as Addable[];

/** Rules about certain students, once there are any. */
export const NAMING = ["apart", "together"] as const satisfies readonly RuleKind[];
export type Naming = (typeof NAMING)[number];
export const isNaming = (kind: RuleKind): kind is Naming => NAMING.some((name) => name === kind);

export interface Recipe {
  name: "ambition" | "hours" | "alone" | "level" | "skill" | "background";
  kind: Addable;
  hardness: Criterion["hardness"];
  weight: number;
  /** The publication, as it is cited. */
  source: string;
}

const OAKLEY =
  "Oakley, Felder, Brent & Elhajj (2004): Turning student groups into effective teams. Journal of Student Centered Learning 2(1), 9–34.";
const LAYTON =
  "Layton, Loughry, Ohland & Ricco (2010): Design and validation of a web-based system for assigning members to teams using instructor-specified criteria. Advances in Engineering Education 2(1).";

export const RECIPES: readonly Recipe[] = [
  {
    name: "ambition",
    kind: "align",
    hardness: "should",
    weight: 80,
    source:
      "Peeters, van Tuijl, Rutte & Reymen (2006): Personality and team performance: a meta-analysis. European Journal of Personality 20(5), 377–396.",
  },
  { name: "hours", kind: "overlap", hardness: "should", weight: 70, source: LAYTON },
  {
    name: "alone",
    kind: "never_alone",
    hardness: "must",
    weight: 60,
    source: `${OAKLEY} Dasgupta, Scircle & Hunsinger (2015): Female peers in small work groups enhance women's motivation, verbal participation, and career aspirations in engineering. PNAS 112(16), 4988–4993.`,
  },
  { name: "level", kind: "balance", hardness: "should", weight: 60, source: OAKLEY },
  { name: "skill", kind: "cover", hardness: "should", weight: 40, source: LAYTON },
  {
    name: "background",
    kind: "mix",
    hardness: "could",
    weight: 20,
    source:
      "Horwitz & Horwitz (2007): The effects of team diversity on team outcomes: a meta-analytic review of team demography. Journal of Management 33(6), 987–1015.",
  },
];

/** The kind of a rule. */
export function kindOf(rule: Rule): RuleKind {
  return (Object.keys(rule) as RuleKind[]).find((kind) => rule[kind] !== undefined) ?? "align";
}

/** The questions that a rule can be about. */
export function suited(kind: Addable, questions: readonly QuestionDraft[]): QuestionDraft[] {
  const kinds: readonly Kind[] = ABOUT[kind];
  return questions.filter((question) => kinds.includes(question.kind));
}

/** A rule of a kind about a question, with all its answers to begin with where it is about answers. */
export function fresh(kind: Addable, question: QuestionDraft | undefined): Rule {
  const id = question?.id ?? "";
  const codes = codesOf(question).slice(0, 1);
  switch (kind) {
    case "align":
    case "mix":
    case "balance":
      return { [kind]: { question: id } };
    case "overlap":
      return { overlap: { question: id, min_slots: 4, min_length: 1 } };
    case "never_alone":
    case "as_few":
    case "as_many":
      return { [kind]: { question: id, codes } };
    case "cover":
      return { cover: { question: id, codes, at_least: 1 } };
    case "at_most":
      return { at_most: { question: id, codes, at_most: 2 } };
    case "not_again":
      return { not_again: {} };
    case "wishes":
      return { wishes: { wanted: id } };
  }
}

/** The codes of a question's options. */
export function codesOf(question: QuestionDraft | undefined): string[] {
  if (question?.kind !== "choice" && question?.kind !== "choices") return [];
  return readOptions(question.options).map((option) => option.code);
}

/** The question that a rule is about, if it is one. */
export function questionOf(rule: Rule): string | undefined {
  const value = Object.values(rule)[0];
  if (value === undefined) return undefined;
  if ("question" in value) return value.question;
  return "wanted" in value ? value.wanted : undefined;
}

/** How small sections can be treated. */
export const SMALL = ["refuse", "one_group", "merge"] as const;
export type Small = NonNullable<CohortSettings["small_sections"]>;
