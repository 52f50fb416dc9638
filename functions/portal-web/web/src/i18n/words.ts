// Texts, dates and numbers in the reader's language. Dates are those of Copenhagen, as in the agreement.

import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Failure } from "../api/failure";
import type { Localised, ParameterProblem } from "../api/types";
import { da } from "./da";
import { en, type Key } from "./en";

export type Language = "da" | "en";
export const LANGUAGES: readonly Language[] = ["da", "en"];
const STORED = "unihelper.language";
const ZONE = "Europe/Copenhagen";
const texts: Record<Language, Record<Key, string>> = { da, en };

type Values = Record<string, string | number>;
/** Keys that have a form per number, without their ending. */
export type Counted = Key extends infer K
  ? K extends `${infer Stem}_other`
    ? Stem
    : never
  : never;

export class Words {
  private readonly locale: string;
  private readonly plurals: Intl.PluralRules;

  constructor(readonly language: Language) {
    this.locale = language === "da" ? "da-DK" : "en-GB";
    this.plurals = new Intl.PluralRules(this.locale);
  }

  t = (key: Key, values: Values = {}): string => fill(texts[this.language][key], values);

  /** The form that goes with `n`. */
  n = (stem: Counted, n: number): string => {
    const form = this.plurals.select(n) === "one" ? "one" : "other";
    return this.t(`${stem}_${form}`, { n: this.number(n) });
  };

  /** A text that the institution or the API gave in both languages. */
  of = (text: Localised): string => text[this.language];

  number = (n: number): string => new Intl.NumberFormat(this.locale).format(n);

  /** A length in bytes, in the unit that is read most easily. */
  bytes = (bytes: number): string => {
    const units = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;
    const step = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
    return new Intl.NumberFormat(this.locale, {
      style: "unit",
      unit: units[step] ?? "byte",
      maximumFractionDigits: 1,
    }).format(bytes / 1000 ** step);
  };

  /** A number with one decimal. */
  decimal = (n: number): string =>
    new Intl.NumberFormat(this.locale, {
      minimumFractionDigits: 1,
      maximumFractionDigits: 1,
    }).format(n);

  /** A score of the API, 0 to 10,000, out of 100. */
  score = (score: number): string =>
    new Intl.NumberFormat(this.locale, { maximumFractionDigits: 1 }).format(score / 100);

  /** A part of a whole, 0 to 1. A part that is not all of it is never told as all of it. */
  percent = (part: number): string =>
    new Intl.NumberFormat(this.locale, { style: "percent", maximumFractionDigits: 0 }).format(
      part < 1 ? Math.floor(part * 100) / 100 : part,
    );

  /** A civil date without its year. */
  shortDay = (date: string): string =>
    new Intl.DateTimeFormat(this.locale, {
      day: "numeric",
      month: "short",
      timeZone: "UTC",
    }).format(new Date(`${date}T00:00:00Z`));

  /** A civil date, `2026-11-28`. */
  day = (date: string): string =>
    new Intl.DateTimeFormat(this.locale, { dateStyle: "long", timeZone: "UTC" }).format(
      new Date(`${date}T00:00:00Z`),
    );

  /** A moment. */
  time = (moment: string): string =>
    new Intl.DateTimeFormat(this.locale, {
      dateStyle: "medium",
      timeStyle: "short",
      timeZone: ZONE,
    }).format(new Date(moment));

  /** What went wrong, in words, with what to do. */
  failure = (failure: Failure): string => {
    const key = `problem_${failure.kind}`;
    if (isKey(key)) {
      const needed = failure.problem?.needed_role;
      return this.t(key, { role: needed === undefined ? "" : this.t(`role_${needed}`) });
    }
    const { problem } = failure;
    // The API's own words are English; they are not shown to who reads another language.
    return problem === undefined || this.language !== "en"
      ? this.t("problem_unexpected")
      : `${problem.title}. ${problem.detail}`;
  };

  /** What was done, by its word in the audit trail; of an attempt that the trail names by its route alone, that. */
  action = (action: string): string | undefined => {
    const key = `action_${action}`;
    if (isKey(key)) return this.t(key);
    return action.includes(" ") ? this.t("audit_attempt") : undefined;
  };

  /** Why something was refused, by the problem's word in the audit trail; it does not say which role was needed. */
  refusal = (problem: string): string | undefined => {
    const key = `problem_${problem}`;
    if (problem === "role-too-low") return this.t("audit_role");
    return isKey(key) ? this.t(key) : undefined;
  };

  /** What is wrong with one parameter: the API's words for readers, or else which field it is about. */
  fault = ({ name, problem, words }: ParameterProblem): string => {
    if (words !== undefined) return this.of(words);
    const label = labelOf(name);
    const field = label === undefined ? undefined : this.t(label);
    if (this.language === "en") return `${field ?? name}: ${problem}`;
    return field === undefined ? this.t("fault_somewhere") : this.t("fault_field", { field });
  };
}

/** The label of a parameter's field; of `criteria.alone` that of the criteria. */
function labelOf(name: string): Key | undefined {
  const field = name.split(".")[0]?.toLowerCase() ?? "";
  const keys = FIELDS.map((prefix) => `${prefix}_${field}`);
  return LABELS[field] ?? keys.find(isKey);
}

/** Beginnings of the keys of labels that end in the parameter's own name. */
const FIELDS = ["part", "question", "rectify"];
/** Those whose labels have other keys. A name that stands for several fields, such as `until`, has none. */
const LABELS: Record<string, Key> = {
  "x-reason": "reason_label",
  reason: "rights_reason",
  reference: "retention_reference",
  given_by: "retention_given_by",
  given_on: "retention_given_on",
  aware_at: "breach_aware_at",
  received_at: "rights_received_at",
  channel: "rights_channel",
  ground: "rights_ground",
  risk: "breach_risk",
  stores: "breach_stores",
};

function isKey(key: string): key is Key {
  return Object.hasOwn(en, key);
}

function fill(text: string, values: Values): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** The language that was chosen here, or else the browser's first that is known, or else Danish. */
export function preferred(chosen: string | null, browser: readonly string[]): Language {
  const known = (tag: string) => LANGUAGES.find((language) => language === tag.slice(0, 2));
  if (chosen !== null && known(chosen)) return known(chosen) ?? "da";
  return browser.map((tag) => known(tag.toLowerCase())).find((found) => found) ?? "da";
}

export function storedLanguage(): string | null {
  return localStorage.getItem(STORED);
}

export function storeLanguage(language: Language): void {
  localStorage.setItem(STORED, language);
}

export const WordsContext = createContext(new Words("da"));

export function useWords(): Words {
  return useContext(WordsContext);
}
