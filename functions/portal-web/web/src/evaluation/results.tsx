// The results of an evaluation: who answered, how each question was answered, and by the score of the groups.

import type { CohortSettings, Evaluation } from "../api/types";
import { useWords } from "../i18n/words";
import { Answers } from "../pages/distribution";
import { Bar, Fact, Facts, Link, Table } from "../parts/parts";

type Question = Evaluation["questions"][number];
type Third = NonNullable<Question["thirds"]>[number];

const THIRDS = ["lower", "middle", "upper"] as const;

export function Results({
  cohort,
  settings,
  evaluation,
}: {
  cohort: string;
  settings: CohortSettings;
  evaluation: Evaluation;
}) {
  const { t } = useWords();
  if (!evaluation.named) {
    return (
      <section class="card">
        <p>{t("evaluation_unnamed")}</p>
        <p>
          <Link to={`/cohorts/${cohort}/settings`}>{t("settings_change")}</Link>
        </p>
      </section>
    );
  }
  // Its questions are named as those of the questionnaire are.
  const asked = { ...settings, questions: settings.evaluation?.questions ?? [] };
  return (
    <>
      <Rate evaluation={evaluation} />
      {evaluation.published && settings.mail_agreed && (
        <p>
          <Link to={`/cohorts/${cohort}/new-mailing?to=not_evaluated`}>{t("asking_write")}</Link>
        </p>
      )}
      {evaluation.answered !== undefined &&
        evaluation.questions.map((question) => (
          <section class="card" key={question.question}>
            <Answers question={question} settings={asked} level={2} />
            {question.thirds !== undefined && (
              <Thirds question={question} thirds={question.thirds} settings={asked} />
            )}
          </section>
        ))}
    </>
  );
}

function Rate({ evaluation }: { evaluation: Evaluation }) {
  const words = useWords();
  const { t } = words;
  const { asked, answered, rate } = evaluation;
  const told = () => {
    if (!evaluation.published) return <p>{t("evaluation_unpublished")}</p>;
    if (answered === undefined) return <p>{t("evaluation_few")}</p>;
    return (
      <>
        <p class="figure">
          <strong>{t("percent", { n: words.number(rate ?? 0) })}</strong> {t("evaluation_rate")}
        </p>
        <Bar part={(rate ?? 0) / 100} />
      </>
    );
  };
  return (
    <section class="card" aria-labelledby="rate">
      <h2 id="rate">{t("evaluation_answers")}</h2>
      {told()}
      {evaluation.published && (
        <Facts>
          <Fact name={t("evaluation_asked")}>{words.number(asked)}</Fact>
          <Fact name={t("evaluation_answered")}>
            {answered === undefined ? t("distribution_withheld") : words.number(answered)}
          </Fact>
        </Facts>
      )}
    </section>
  );
}

function Thirds({
  question,
  thirds,
  settings,
}: {
  question: Question;
  thirds: Third[];
  settings: CohortSettings;
}) {
  const words = useWords();
  const { t } = words;
  const scale = settings.questions.find((one) => one.id === question.question)?.kind.scale;
  const { min, max } = scale ?? { min: 0, max: 1 };
  const caption = t("evaluation_by_score", { question: words.of(question.label) });
  const mean = (third: Third) =>
    third.mean === undefined ? t("distribution_withheld") : words.decimal(third.mean);
  return (
    <>
      <h3>{t("evaluation_thirds")}</h3>
      <p class="quiet">{t("evaluation_thirds_text", { min, max })}</p>
      <ul class="bars" aria-hidden="true">
        {THIRDS.map((name, place) => {
          const third = thirds[place];
          if (third === undefined) return null;
          return (
            <li key={name}>
              <span class="name">{t(`third_${name}`)}</span>
              <Bar part={third.mean === undefined ? 0 : (third.mean - min) / (max - min)} />
              <span class="value">{mean(third)}</span>
            </li>
          );
        })}
      </ul>
      <Table
        caption={caption}
        columns={[
          t("evaluation_third"),
          t("evaluation_mean"),
          t("evaluation_of_answers"),
          t("evaluation_groups"),
          t("evaluation_scores"),
        ]}
        rows={THIRDS.flatMap((name, place) => {
          const third = thirds[place];
          if (third === undefined) return [];
          const cells = [
            t(`third_${name}`),
            mean(third),
            third.answers === undefined ? t("none") : words.number(third.answers),
            words.number(third.groups),
            t("evaluation_score_span", {
              from: words.score(third.score_from),
              to: words.score(third.score_to),
            }),
          ];
          return [{ key: name, cells }];
        })}
      />
    </>
  );
}
