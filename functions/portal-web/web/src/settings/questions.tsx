// The questions that are kept: where they are found in the questionnaire, and what their answers mean.

import { useState } from "preact/hooks";
import { useWords } from "../i18n/words";
import { freshQuestion, KINDS, type Kind, type QuestionDraft } from "./draft";
import { at, type Fault, idOf } from "./faults";
import { Choice, Said, Setting, Text } from "./fields";
import type { Part } from "./form";

export function Questions({ draft, faults, set }: Part) {
  const { t } = useWords();
  const { questions } = draft;
  const add = () => set({ questions: [...questions, freshQuestion()] });
  return (
    <section class="card" aria-labelledby="questions">
      <h2 id="questions">{t("settings_questions")}</h2>
      <p>{t("settings_questions_text")}</p>
      {questions.map((question, place) => (
        <Question
          key={question.row}
          within="/questions"
          kinds={KINDS}
          question={question}
          place={place}
          faults={faults}
          change={(more) =>
            set({
              questions: questions.map((one, at) => (at === place ? { ...one, ...more } : one)),
            })
          }
          remove={() => set({ questions: questions.filter((_, at) => at !== place) })}
        />
      ))}
      <button type="button" onClick={add}>
        {t("settings_add_question")}
      </button>
    </section>
  );
}

/** One question of those that stand at a place. */
export function Question({
  within,
  kinds,
  question,
  place,
  faults,
  change,
  remove,
}: {
  within: string;
  kinds: readonly Kind[];
  question: QuestionDraft;
  place: number;
  faults: readonly Fault[];
  change: (more: Partial<QuestionDraft>) => void;
  remove: () => void;
}) {
  const words = useWords();
  const { t } = words;
  const here = `${within}/${place}`;
  const wrong = at(faults, here).length > 0;
  // A new one stays open while its id is typed.
  const [isNew] = useState(question.id === "");
  const name = words.language === "da" ? question.da : question.en;
  const text = (member: "id" | "refs" | "da" | "en", below: string) => (
    <Text
      place={`${here}/${below}`}
      label={t(`settings_question_${member}`)}
      faults={faults}
      value={question[member]}
      set={(value) => change({ [member]: value })}
    />
  );
  return (
    <details class="group" open={wrong || isNew} id={idOf(here)} tabIndex={-1}>
      <summary>
        {place + 1}. {name === "" ? t("settings_question_new") : name}{" "}
        <span class="quiet">{t(`kind_of_${question.kind}`)}</span>
      </summary>
      <Said faults={at(faults, here, false)} id={`${idOf(here)}-wrong`} />
      <div class="row">
        {text("da", "label/da")}
        {text("en", "label/en")}
      </div>
      <div class="row">
        {text("id", "id")}
        {text("refs", "refs")}
      </div>
      <Choice
        place={`${here}/kind`}
        label={t("settings_question_kind")}
        faults={faults}
        value={question.kind}
        set={(kind) => change({ kind })}
        options={kinds.map((value) => ({ value, name: t(`kind_of_${value}`) }))}
      />
      {question.kind === "scale" && (
        <div class="row">
          {(["min", "max"] as const).map((end) => (
            <Text
              key={end}
              place={`${here}/kind/scale/${end}`}
              label={t(`settings_scale_${end}`)}
              faults={faults}
              value={question[end]}
              set={(value) => change({ [end]: value })}
            />
          ))}
        </div>
      )}
      {["choice", "choices", "availability"].includes(question.kind) && (
        <Setting
          place={`${here}/kind/options`}
          label={t("settings_options")}
          hint={t(
            question.kind === "availability" ? "settings_slots_hint" : "settings_options_hint",
          )}
          faults={faults}
        >
          {(attributes) => (
            <textarea
              {...attributes}
              rows={6}
              value={question.options}
              onInput={(event) => change({ options: event.currentTarget.value })}
            />
          )}
        </Setting>
      )}
      <button type="button" class="small" onClick={remove}>
        {t("settings_remove_question", { n: place + 1 })}
      </button>
    </details>
  );
}
