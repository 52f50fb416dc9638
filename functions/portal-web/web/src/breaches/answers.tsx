// The twelve answers, written by operators as they become known. Nothing that was written is lost when somebody else
// changes the same breach, when the network is gone, or when one looks at another page in between.

import { useState } from "preact/hooks";
import { ok } from "../api/client";
import { asFailure, type Failure } from "../api/failure";
import type { Breach } from "../api/types";
import { useWords } from "../i18n/words";
import { useSigned } from "../parts/context";
import { useLeaving } from "../parts/leaving";
import { Done, Field, Wrong } from "../parts/parts";
import {
  type Answers,
  answersOf,
  changedAnswers,
  contested,
  mergedAnswers,
  QUESTIONS,
  type Question,
} from "./questions";

/** What was being written when the page was left, in this tab's memory alone. */
const left = new Map<string, { base: Breach; mine: Answers }>();

export function AnswersForm({
  breach,
  changed,
}: {
  breach: Breach;
  /** The breach as it is now: saved from here, or as somebody else left it. */
  changed: (now: Breach) => void;
}) {
  const { t } = useWords();
  const { api } = useSigned();
  const [kept] = useState(() => left.get(breach.id));
  /** What the answers were when the first of them was changed. */
  const [base, setBase] = useState(kept?.base ?? breach);
  const [mine, setMine] = useState<Answers>(kept?.mine ?? answersOf(breach));
  const [failure, setFailure] = useState<Failure>();
  const [theirs, setTheirs] = useState<Breach>();
  const [warned, setWarned] = useState<readonly string[]>([]);
  const [busy, setBusy] = useState(false);
  const [saved, setSaved] = useState(false);
  const was = answersOf(base);
  const changes = changedAnswers(was, mine);
  const dirty = QUESTIONS.some((one) => mine[one] !== was[one]);
  useLeaving(dirty);
  // A step that was taken beside the form makes another version of the breach with the same answers.
  if (!dirty && breach.version > base.version) {
    setBase(breach);
    setMine(answersOf(breach));
  }
  const write = (question: Question, text: string) => {
    const next = { ...mine, [question]: text };
    setMine(next);
    setSaved(false);
    left.set(breach.id, { base, mine: next });
  };
  const begin = (from: Breach, answers: Answers) => {
    changed(from);
    setBase(from);
    setMine(answers);
    setTheirs(undefined);
    setFailure(undefined);
    left.set(breach.id, { base: from, mine: answers });
  };
  /** The version that mine are put onto: what is shown, unless its answers are others than I began with. */
  const onto = JSON.stringify(answersOf(breach)) === JSON.stringify(was) ? breach : base;
  const save = async (event: Event) => {
    event.preventDefault();
    if (Object.keys(changes).length === 0) return;
    setBusy(true);
    setFailure(undefined);
    setTheirs(undefined);
    setWarned([]);
    setSaved(false);
    const path = { breach: breach.id };
    try {
      const params = { path, header: { "If-Match": `"${onto.version}"` } };
      const now = await ok(api.PATCH("/api/breaches/{breach}/answers", { params, body: changes }));
      const stored = answersOf(now);
      // What was written while the answers were on their way is still to be saved.
      const next = mergedAnswers(mine, left.get(breach.id)?.mine ?? mine, stored);
      if (QUESTIONS.every((one) => next[one] === stored[one])) left.delete(breach.id);
      else left.set(breach.id, { base: now, mine: next });
      setBase(now);
      setMine(next);
      setWarned(Object.keys(now.warnings ?? {}));
      setSaved(true);
      changed(now);
    } catch (error) {
      const failed = asFailure(error);
      setFailure(failed);
      if (failed.kind === "stale") {
        const read = ok(api.GET("/api/breaches/{breach}", { params: { path } }));
        setTheirs(await read.catch(() => undefined));
      }
    } finally {
      setBusy(false);
    }
  };
  return (
    <section class="card" aria-labelledby="answers">
      <h2 id="answers">{t("breach_answers")}</h2>
      <p>{t("breach_answers_text")}</p>
      {kept !== undefined && dirty && (
        <p class="notice" role="status">
          {t("settings_kept")}{" "}
          <button
            type="button"
            class="small"
            onClick={() => {
              begin(breach, answersOf(breach));
              left.delete(breach.id);
            }}
          >
            {t("settings_discard")}
          </button>
        </p>
      )}
      <form onSubmit={save} class="form">
        {QUESTIONS.map((question, place) => (
          <Answer
            key={question}
            number={place + 1}
            question={question}
            value={mine[question]}
            warned={warned.includes(question)}
            write={(text) => write(question, text)}
          />
        ))}
        {theirs !== undefined && (
          <div class="notice wrong" role="alert">
            <p>
              <strong>{t("breach_both")}</strong>
            </p>
            <p>{bothText(t, contested(was, mine, answersOf(theirs)))}</p>
            <div class="actions start">
              <button
                type="button"
                class="main"
                onClick={() => begin(theirs, mergedAnswers(was, mine, answersOf(theirs)))}
              >
                {t("settings_merge")}
              </button>
              <button
                type="button"
                onClick={() => {
                  begin(theirs, answersOf(theirs));
                  left.delete(breach.id);
                }}
              >
                {t("settings_take")}
              </button>
            </div>
          </div>
        )}
        {failure !== undefined && theirs === undefined && <Wrong failure={failure} />}
        <Done
          text={saved ? t(dirty ? "breach_done_answer_part" : "breach_done_answer") : undefined}
        />
        <button type="submit" class="main" disabled={busy || Object.keys(changes).length === 0}>
          {t("breach_save")}
        </button>
      </form>
    </section>
  );
}

function bothText(t: ReturnType<typeof useWords>["t"], both: Question[]): string {
  if (both.length === 0) return t("breach_both_apart");
  return t("breach_both_same", { questions: both.map((one) => t(`question_${one}`)).join("; ") });
}

function Answer({
  number,
  question,
  value,
  warned,
  write,
}: {
  number: number;
  question: Question;
  value: string;
  warned: boolean;
  write: (text: string) => void;
}) {
  const { t } = useWords();
  const label = `${number}. ${t(`question_${question}`)}`;
  return (
    <div>
      <Field label={label} {...(warned ? { hint: t("breach_warned") } : {})}>
        {(attributes) =>
          question === "closing_date" ? (
            <input
              {...attributes}
              type="date"
              value={value}
              onInput={(event) => write(event.currentTarget.value)}
            />
          ) : (
            <textarea
              {...attributes}
              rows={3}
              maxLength={4000}
              value={value}
              onInput={(event) => write(event.currentTarget.value)}
            />
          )
        }
      </Field>
    </div>
  );
}
