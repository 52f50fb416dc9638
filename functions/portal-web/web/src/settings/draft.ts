// Settings as they are edited: the same, but with options as lines of text and lists as text, so that what is half
// written is kept as it is. What nobody touched is sent as it came: text cannot hold everything that an operator may
// have set, such as an answer with a semicolon in it or a deadline with seconds.

import type { CohortSettings, Settings } from "../api/types";
import type { Fault } from "./faults";
import { freshId } from "./ids";
import { list, readOptions, readSlots, writeOptions, writeSlots } from "./lines";

export type Criterion = CohortSettings["criteria"][number];
type Question = CohortSettings["questions"][number];
type Source = CohortSettings["identity"]["email"];

export const KINDS = ["scale", "choice", "choices", "availability", "students", "text"] as const;
export type Kind = (typeof KINDS)[number];

export interface QuestionDraft {
  /** Tells rows apart while they are edited. */
  row: number;
  id: string;
  refs: string;
  kind: Kind;
  min: string;
  max: string;
  /** The options, a line each. */
  options: string;
  da: string;
  en: string;
  /** What it was made from, with its kind as it was written then. */
  was?: { question: Question; kind: string };
}

export interface SectionDraft {
  row: number;
  id: string;
  answers: string;
  /** What it was made from. */
  was?: readonly string[];
}

export interface CriterionDraft {
  row: number;
  criterion: Criterion;
}

export interface Draft {
  settings: CohortSettings;
  deadline: string;
  sections: SectionDraft[];
  /** `ref`s, a hidden field as `hidden:name`. */
  email: string;
  name: string;
  number: string;
  section: string;
  questions: QuestionDraft[];
  criteria: CriterionDraft[];
  evaluation?: EvaluationDraft | undefined;
}

export interface EvaluationDraft {
  form: string;
  hidden: string;
  questions: QuestionDraft[];
}

let rows = 0;
/** A number that no other row has. */
export const row = (): number => {
  rows += 1;
  return rows;
};

/** A question that nobody has written yet. */
export const freshQuestion = (): QuestionDraft => ({
  row: row(),
  id: "",
  refs: "",
  kind: "scale",
  min: "1",
  max: "5",
  options: "",
  da: "",
  en: "",
});

const HIDDEN = "hidden:";
const sourceText = (source: Source | undefined): string =>
  source?.hidden === undefined ? (source?.field ?? "") : `${HIDDEN}${source.hidden}`;
const sourceOf = (text: string): Source =>
  text.startsWith(HIDDEN) ? { hidden: text.slice(HIDDEN.length) } : { field: text.trim() };

/** Settings to begin a new cohort with. */
export function blank(form: string): CohortSettings {
  return {
    name: { da: "", en: "" },
    language: "da",
    form,
    deadline: "",
    sections: [{ id: "", answers: [] }],
    identity: {
      email: { field: "email" },
      name: [{ field: "name" }],
      section: { field: "section" },
    },
    questions: [],
    criteria: [],
    sizes: { min: 4, preferred: 5, max: 6 },
    approval: true,
    mail_agreed: false,
  };
}

export function draftOf(settings: CohortSettings, language: "da" | "en"): Draft {
  const { identity, evaluation } = settings;
  return {
    settings,
    deadline: localTime(settings.deadline),
    sections: settings.sections.map(({ id, answers = [] }) => ({
      row: row(),
      id,
      answers: joined(answers),
      was: answers,
    })),
    email: sourceText(identity.email),
    name: joined(identity.name.map(sourceText)),
    number: sourceText(identity.student_number),
    section: sourceText(identity.section),
    questions: settings.questions.map((question) => questionDraft(question, language)),
    criteria: settings.criteria.map((criterion) => ({ row: row(), criterion })),
    evaluation: evaluation && {
      form: evaluation.form,
      hidden: evaluation.hidden,
      questions: evaluation.questions.map((question) => questionDraft(question, language)),
    },
  };
}

function questionDraft({ id, refs, kind, label }: Question, language: "da" | "en"): QuestionDraft {
  const word = KINDS.find((word) => kind[word] !== undefined) ?? "text";
  const { scale, availability } = kind;
  const options = kind.choice?.options ?? kind.choices?.options ?? [];
  const draft = {
    row: row(),
    id,
    refs: joined(refs),
    kind: word,
    min: String(scale?.min ?? 1),
    max: String(scale?.max ?? 5),
    options:
      availability === undefined
        ? writeOptions(options)
        : writeSlots(availability.options, language),
    ...label,
  };
  return { ...draft, was: { question: { id, refs, kind, label }, kind: written(draft) } };
}

const joined = (parts: readonly string[]): string => parts.join("; ");

/** The list that a text says; as it was if that is how it would be written. */
const listed = (text: string, was: readonly string[] | undefined): string[] =>
  was !== undefined && joined(was) === text ? [...was] : list(text);

/** What a question's kind is read from. */
const written = ({ kind, min, max, options }: Omit<QuestionDraft, "was">): string =>
  JSON.stringify([kind, min, max, options]);

/** The settings that a draft says, and what in it cannot be read. */
export function settingsOf(draft: Draft): { settings: CohortSettings; faults: Fault[] } {
  const faults: Fault[] = [];
  const read = (drafts: readonly QuestionDraft[], within: string) =>
    drafts.map((question, place) => {
      const { kind, wrong } = kindOf(question);
      if (wrong !== undefined) faults.push({ pointer: `${within}/${place}/kind`, words: wrong });
      return {
        id: question.id.trim(),
        refs: listed(question.refs, question.was?.question.refs),
        kind,
        label: { da: question.da, en: question.en },
      };
    });
  const questions = read(draft.questions, "/questions");
  const was = draft.settings;
  const untouched = was.deadline !== "" && localTime(was.deadline) === draft.deadline;
  const deadline = untouched ? was.deadline : instant(draft.deadline);
  if (deadline === undefined) {
    const words = { da: "skal være en dato med et klokkeslæt", en: "must be a date with a time" };
    faults.push({ pointer: "/deadline", words });
  }
  const more = {
    ...(draft.number.trim() === "" ? {} : { student_number: sourceOf(draft.number) }),
    ...(draft.section.trim() === "" ? {} : { section: sourceOf(draft.section) }),
  };
  const settings: CohortSettings = {
    ...draft.settings,
    deadline: deadline ?? "",
    sections: draft.sections.map(({ id, answers, was }) => ({
      id: id.trim(),
      answers: listed(answers, was),
    })),
    identity: {
      email: sourceOf(draft.email),
      name: listed(draft.name, was.identity.name.map(sourceText)).map(sourceOf),
      ...more,
    },
    questions,
    criteria: draft.criteria.map(({ criterion }) => criterion),
  };
  if (draft.evaluation !== undefined) {
    settings.evaluation = {
      form: draft.evaluation.form,
      hidden: draft.evaluation.hidden.trim(),
      questions: read(draft.evaluation.questions, "/evaluation/questions"),
    };
  }
  return { settings, faults };
}

function kindOf(question: QuestionDraft): { kind: Question["kind"]; wrong?: Fault["words"] } {
  if (question.was?.kind === written(question)) return { kind: question.was.question.kind };
  switch (question.kind) {
    case "scale":
      return { kind: { scale: { min: Number(question.min), max: Number(question.max) } } };
    case "choice":
      return { kind: { choice: { options: readOptions(question.options) } } };
    case "choices":
      return { kind: { choices: { options: readOptions(question.options) } } };
    case "availability": {
      const slots = readSlots(question.options);
      if ("wrong" in slots) return { kind: { availability: { options: [] } }, wrong: slots.wrong };
      return { kind: { availability: { options: slots.read } } };
    }
    case "students":
      return { kind: { students: {} } };
    case "text":
      return { kind: { text: {} } };
  }
}

/** Which settings differ. The order of members says nothing: the API's is not this page's. */
export function differing(a: CohortSettings, b: CohortSettings): (keyof CohortSettings)[] {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]) as Set<keyof CohortSettings>;
  return [...names].filter((name) => ordered(a[name]) !== ordered(b[name]));
}

/** Sets have no order, either: the API sorts them. */
const ordered = (value: unknown): string =>
  JSON.stringify(value, (name, part: unknown) => {
    if (name === "sets" && Array.isArray(part)) return part.map((set: string[]) => [...set].sort());
    return typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part;
  });

/** Both changes to what both began from: mine where I changed something, theirs elsewhere; of criteria one by one,
 * because a rule that somebody else made must not go with a weight that I changed. */
export function merged(
  base: CohortSettings,
  mine: CohortSettings,
  theirs: Settings,
): CohortSettings {
  const changed = differing(base, mine).map((name) => [name, mine[name]]);
  const both = { ...theirs.settings, ...Object.fromEntries(changed) };
  return {
    ...both,
    criteria: mergedCriteria(base.criteria, mine.criteria, theirs.settings.criteria),
  };
}

function mergedCriteria(
  base: readonly Criterion[],
  mine: readonly Criterion[],
  theirs: readonly Criterion[],
): Criterion[] {
  const of = (list: readonly Criterion[], id: string) => list.find((one) => one.id === id);
  const same = (a: Criterion | undefined, b: Criterion | undefined) => ordered(a) === ordered(b);
  const left = theirs.flatMap((one) => {
    const [was, now] = [of(base, one.id), of(mine, one.id)];
    // New to me, or as I left it: theirs. Else mine, also if I took it out.
    return was === undefined || same(was, now) ? [one] : now === undefined ? [] : [now];
  });
  for (const one of mine) {
    const was = of(base, one.id);
    // What they took out and I did not touch stays out.
    if (was !== undefined && (of(theirs, one.id) !== undefined || same(was, one))) continue;
    if (left.some((other) => same(other, one))) continue;
    const taken = left.some((other) => other.id === one.id);
    left.push(taken ? { ...one, id: freshId(one.id, left) } : one);
  }
  return left;
}

const ZONE = "Europe/Copenhagen";

/** A moment as a field shows it: in Copenhagen, as everything else on these pages. */
export function localTime(moment: string): string {
  const at = Date.parse(moment);
  if (Number.isNaN(at)) return "";
  return new Date(at + ahead(at)).toISOString().slice(0, 16);
}

/** The moment that a field shows. In the hour that comes twice it is the first. */
export function instant(local: string): string | undefined {
  const naive = Date.parse(`${local}Z`);
  if (Number.isNaN(naive)) return undefined;
  const early = naive - ahead(naive - 2 * 3_600_000);
  const at = localTime(new Date(early).toISOString()) === local ? early : naive - ahead(naive);
  return new Date(at).toISOString().replace(".000Z", "Z");
}

/** By how much Copenhagen's clock is ahead of UTC, in milliseconds. */
function ahead(at: number): number {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone: ZONE,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
  }).formatToParts(at);
  const part = (type: string) => Number(parts.find((one) => one.type === type)?.value);
  const shown = Date.UTC(
    part("year"),
    part("month") - 1,
    part("day"),
    part("hour"),
    part("minute"),
  );
  return shown - Math.floor(at / 60_000) * 60_000;
}
