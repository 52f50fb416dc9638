// What is entered of a mailing, and what the API is told of it.

import type { Cohort, Mailing, MailingAudience, MailingRequest } from "../api/types";
import type { Words } from "../i18n/words";

export interface Written {
  subject: string;
  body: string;
}

export const KINDS = ["cohort", "section", "group", "not_answered", "not_evaluated"] as const;

/** Those who have not answered: a text stands ready for them, and they may be of one section or of all. */
export const isSilent = (to: Draft["to"]): to is "not_answered" | "not_evaluated" =>
  to === "not_answered" || to === "not_evaluated";

export interface Draft {
  to: (typeof KINDS)[number];
  section: string;
  /** Of who has not answered, those of one section; everybody if it is empty. */
  of: string;
  group: string;
  da: Written;
  en: Written;
}

const none: Written = { subject: "", body: "" };

type Texts = MailingRequest["texts"];

/** Whether nothing is written yet. */
export const isEmpty = ({ da, en }: Draft): boolean =>
  [da, en].every(({ subject, body }) => subject.trim() === "" && body.trim() === "");

/** What is entered when a text stands ready. */
export const readyTexts = ({ da, en }: Texts): Pick<Draft, "da" | "en"> => ({
  da: da ?? none,
  en: en ?? none,
});

/** Whether what is entered is the text that stands ready. */
export function isReady(draft: Draft, texts: Texts): boolean {
  const ready = readyTexts(texts);
  const same = (one: Written, other: Written) =>
    one.subject === other.subject && one.body === other.body;
  return same(draft.da, ready.da) && same(draft.en, ready.en);
}

/** What is entered when the page opens; of a new mailing to whom it is to go. */
export function draftOf(
  mailing: Mailing | undefined,
  cohort: Cohort,
  to: Draft["to"] = "cohort",
): Draft {
  const audience = mailing?.audience;
  return {
    to: audience === undefined ? to : kindOf(audience),
    of: (isSilent(kindOf(audience)) && audience?.section) || "",
    section: audience?.section ?? cohort.responses.sections[0]?.section ?? "",
    group: String(audience?.group ?? 1),
    da: mailing?.texts?.da ?? none,
    en: mailing?.texts?.en ?? none,
  };
}

function kindOf(audience: MailingAudience | undefined): Draft["to"] {
  const to = KINDS.find((kind) => kind === audience?.to);
  return to ?? "cohort";
}

/** What is sent: a language in which nothing is written is left out, unless it is the cohort's own. */
export function requestOf(draft: Draft, cohort: Cohort): MailingRequest {
  const audience: MailingAudience = { to: draft.to };
  if (draft.to === "section" || draft.to === "group") audience.section = draft.section;
  if (isSilent(draft.to) && draft.of !== "") audience.section = draft.of;
  if (draft.to === "group") audience.group = Number(draft.group);
  const texts: MailingRequest["texts"] = {};
  for (const language of ["da", "en"] as const) {
    const written = draft[language];
    const empty = written.subject.trim() === "" && written.body.trim() === "";
    if (!empty || language === cohort.language) texts[language] = written;
  }
  return { audience, texts };
}

/** To whom it goes, in words. */
export function audienceWords({ t }: Words, audience: MailingAudience): string {
  const { section = "", group = "" } = audience;
  const kind = kindOf(audience);
  if (isSilent(kind) && section !== "") return t(`audience_${kind}_of`, { section });
  return t(`audience_${kind}`, { section, group });
}
