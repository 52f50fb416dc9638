// The cohort's second questionnaire, by which it is evaluated.

import { useWords } from "../i18n/words";
import { useSigned } from "../parts/context";
import { type EvaluationDraft, freshQuestion } from "./draft";
import { at, idOf } from "./faults";
import { Choice, Said, Text } from "./fields";
import type { Part } from "./form";
import { Question } from "./questions";

/** Kinds of answers of which counts can be shown. */
const COUNTED = ["scale", "choice", "choices"] as const;

export function EvaluationPart({ draft, faults, set }: Part) {
  const { t } = useWords();
  const { me } = useSigned();
  const { evaluation, settings } = draft;
  const forms = me.institution.forms.filter((form) => form !== settings.form);
  const begin = () =>
    set({ evaluation: { form: forms[0] ?? "", hidden: "token", questions: [freshQuestion()] } });
  return (
    <section class="card" aria-labelledby="evaluation">
      <h2 id="evaluation">{t("part_evaluation")}</h2>
      <p>{t("settings_evaluation_text")}</p>
      <Said faults={at(faults, "/evaluation", false)} id="evaluation-wrong" />
      {evaluation === undefined ? (
        <button type="button" onClick={begin}>
          {t("settings_add_evaluation")}
        </button>
      ) : (
        <Named draft={draft} faults={faults} set={set} evaluation={evaluation} forms={forms} />
      )}
    </section>
  );
}

function Named({
  draft,
  faults,
  set,
  evaluation,
  forms,
}: Part & { evaluation: EvaluationDraft; forms: readonly string[] }) {
  const { t } = useWords();
  // What is saved stays.
  const saved = draft.settings.evaluation?.form;
  const { questions } = evaluation;
  const change = (more: Partial<EvaluationDraft>) =>
    set({ evaluation: { ...evaluation, ...more } });
  return (
    <>
      <div class="form">
        {saved === undefined ? (
          <Choice
            place="/evaluation/form"
            label={t("settings_evaluation_form")}
            hint={t(forms.length > 0 ? "settings_form_hint" : "settings_evaluation_none")}
            faults={faults}
            value={evaluation.form}
            set={(form) => change({ form })}
            options={forms.map((form) => ({ value: form, name: form }))}
          />
        ) : (
          <p id={idOf("/evaluation/form")} tabIndex={-1}>
            {t("settings_evaluation_form")}: <strong>{saved}</strong>{" "}
            <span class="quiet">{t("settings_form_stays")}</span>
          </p>
        )}
        {saved === undefined ? (
          <Text
            place="/evaluation/hidden"
            label={t("settings_evaluation_hidden")}
            hint={t("settings_evaluation_hidden_hint")}
            faults={faults}
            value={evaluation.hidden}
            set={(hidden) => change({ hidden })}
          />
        ) : (
          <p id={idOf("/evaluation/hidden")} tabIndex={-1}>
            {t("settings_evaluation_hidden")}: <strong>{evaluation.hidden}</strong>{" "}
            <span class="quiet">{t("settings_form_stays")}</span>
          </p>
        )}
      </div>
      <h3>{t("settings_evaluation_typeform")}</h3>
      <ol>
        <li>{t("settings_evaluation_step_hidden", { name: evaluation.hidden })}</li>
        <li>{t("settings_evaluation_step_webhook")}</li>
        <li>{t("settings_evaluation_step_link")}</li>
      </ol>
      <h3>{t("settings_evaluation_questions")}</h3>
      <p>{t("settings_evaluation_questions_text")}</p>
      <Said faults={at(faults, "/evaluation/questions", false)} id="evaluation-questions-wrong" />
      {questions.map((question, place) => (
        <Question
          key={question.row}
          within="/evaluation/questions"
          kinds={COUNTED}
          question={question}
          place={place}
          faults={faults}
          change={(more) =>
            change({
              questions: questions.map((one, at) => (at === place ? { ...one, ...more } : one)),
            })
          }
          remove={() => change({ questions: questions.filter((_, at) => at !== place) })}
        />
      ))}
      <div class="actions start">
        <button
          type="button"
          onClick={() => change({ questions: [...questions, freshQuestion()] })}
        >
          {t("settings_add_evaluation_question")}
        </button>
        {saved === undefined && (
          <button type="button" onClick={() => set({ evaluation: undefined })}>
            {t("settings_remove_evaluation")}
          </button>
        )}
      </div>
    </>
  );
}
