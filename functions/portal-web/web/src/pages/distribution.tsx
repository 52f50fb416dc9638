// How the answers are distributed that criteria count: a bar per answer, small ones withheld.

import { useRoute } from "preact-iso";
import { ok } from "../api/client";
import type { CohortSettings, Distribution } from "../api/types";
import { useWords, type Words } from "../i18n/words";
import { useSigned } from "../parts/context";
import { both, useLoad } from "../parts/load";
import { Back, Bar, Heading, Ready } from "../parts/parts";

type Question = Distribution["criteria"][number]["questions"][number];

export function DistributionPage() {
  const words = useWords();
  const { t } = words;
  const { api } = useSigned();
  const cohort = useRoute().params.cohort ?? "";
  const params = { path: { cohort } };
  const [settings, settingsAgain] = useLoad(
    () => ok(api.GET("/api/cohorts/{cohort}/settings", { params })),
    [api, cohort],
  );
  const [found, again] = useLoad(
    () => ok(api.GET("/api/cohorts/{cohort}/distribution", { params })),
    [api, cohort],
  );
  const reload = () => {
    settingsAgain();
    again();
  };
  return (
    <>
      <Back
        to={`/cohorts/${cohort}`}
        place={settings.state === "ready" ? words.of(settings.data.settings.name) : t("cohort")}
      />
      <Heading title={t("distribution_title")}>
        <p class="quiet">{t("distribution_text")}</p>
      </Heading>
      <Ready of={both(settings, found)} again={reload}>
        {([{ settings }, { students, criteria }]) => (
          <>
            <p class="figure">
              <strong>{words.number(students)}</strong> {t("distribution_counted")}
            </p>
            {criteria.length === 0 && <p>{t("distribution_none")}</p>}
            {criteria.map((criterion) => (
              <section class="card" key={criterion.criterion}>
                <h2>{words.of(criterion.label)}</h2>
                {criterion.questions.map((question) => (
                  <Answers key={question.question} question={question} settings={settings} />
                ))}
              </section>
            ))}
          </>
        )}
      </Ready>
    </>
  );
}

/** How a question was answered, under a heading of a level. */
export function Answers({
  question,
  settings,
  level = 3,
}: {
  question: Question;
  settings: CohortSettings;
  level?: 2 | 3;
}) {
  const words = useWords();
  const { t } = words;
  const title = words.of(question.label);
  const heading = level === 2 ? <h2>{title}</h2> : <h3>{title}</h3>;
  const cells = inOrder(question.counts ?? [], settings, question.question);
  if (cells.every(({ count }) => count === undefined)) {
    return (
      <>
        {heading}
        <p>{t("distribution_few")}</p>
      </>
    );
  }
  const most = Math.max(1, ...cells.map(({ count }) => count ?? 0));
  return (
    <>
      {heading}
      {question.several && <p class="quiet">{t("distribution_several")}</p>}
      <ul class="bars" aria-label={title}>
        {cells.map(({ cell, count }) => (
          <li key={cell}>
            <span class="name">{cellName(words, settings, question.question, cell)}</span>
            <Bar part={(count ?? 0) / most} />
            <span class="value">
              {count === undefined ? t("distribution_withheld") : words.number(count)}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}

const kindOf = (settings: CohortSettings, question: string) =>
  settings.questions.find((one) => one.id === question)?.kind;

/** The cells in the order of the settings; who did not answer last. */
export function inOrder<C extends { cell: string }>(
  cells: readonly C[],
  settings: CohortSettings,
  question: string,
): C[] {
  const kind = kindOf(settings, question);
  const codes = (kind?.choice ?? kind?.choices)?.options.map((option) => option.code) ?? [];
  const place = (cell: string) => {
    if (cell === "no_answer") return Number.POSITIVE_INFINITY;
    const known = codes.indexOf(cell);
    return known >= 0 ? known : Number(cell);
  };
  return [...cells].sort((a, b) => (place(a.cell) < place(b.cell) ? -1 : 1));
}

/** What a cell counts, in words. */
export function cellName(
  words: Words,
  settings: CohortSettings,
  question: string,
  cell: string,
): string {
  const { t } = words;
  if (cell === "no_answer") return t("distribution_no_answer");
  const kind = kindOf(settings, question);
  if (kind?.availability) {
    const [day, hour] = [Math.floor(Number(cell) / 24), Number(cell) % 24];
    const name = [
      t("day_0"),
      t("day_1"),
      t("day_2"),
      t("day_3"),
      t("day_4"),
      t("day_5"),
      t("day_6"),
    ];
    return `${name[day] ?? ""} ${hour}–${hour + 1}`;
  }
  const option = (kind?.choice ?? kind?.choices)?.options.find((one) => one.code === cell);
  // Several answers may mean one option, such as the same word in two languages.
  return option?.answers?.join(" / ") || cell;
}
