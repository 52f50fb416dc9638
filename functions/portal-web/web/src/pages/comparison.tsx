import { useState } from "preact/hooks";
import { useRoute } from "preact-iso";
import { ok } from "../api/client";
import type { Comparison, FormationSummary, Standing } from "../api/types";
import { useWords, type Words } from "../i18n/words";
import { useSigned } from "../parts/context";
import { useLoad, usePages } from "../parts/load";
import { Back, Fact, Facts, Field, Heading, Pager, Ready, Table } from "../parts/parts";
import { HAS_GROUPS } from "./anew";

const FORMATION = "/api/cohorts/{cohort}/formations/{formation}";

/** Two formations side by side. */
export function ComparisonPage() {
  const words = useWords();
  const { t } = words;
  const { api } = useSigned();
  const { cohort = "", formation = "" } = useRoute().params;
  const [other, setOther] = useState("");
  const query = other === "" ? {} : { with: other };
  const [others] = useLoad(
    () => ok(api.GET("/api/cohorts/{cohort}/formations", { params: { path: { cohort } } })),
    [api, cohort],
  );
  const [loaded, again] = useLoad(
    () =>
      ok(
        api.GET(`${FORMATION}/comparison`, {
          params: { path: { cohort, formation }, query: { ...query, limit: 1 } },
        }),
      ),
    [api, cohort, formation, other],
  );
  const choices = others.state === "ready" ? others.data.items : [];
  return (
    <>
      <Back to={`/cohorts/${cohort}/formations/${formation}`} place={t("compare_back")} />
      <Heading title={t("compare_title")} />
      {choices.length > 1 && (
        <Choice
          formations={choices.filter((one) => one.id !== formation && HAS_GROUPS.has(one.status))}
          chosen={other || (loaded.state === "ready" ? loaded.data.before.formation : "")}
          choose={setOther}
        />
      )}
      <Ready of={loaded} again={again}>
        {(data) =>
          data.before.formation === data.after.formation ? (
            <p>{t("compare_none")}</p>
          ) : (
            <>
              <Sides comparison={data} />
              <Movers place={{ cohort, formation }} comparison={data} />
            </>
          )
        }
      </Ready>
    </>
  );
}

function Choice({
  formations,
  chosen,
  choose,
}: {
  formations: FormationSummary[];
  chosen: string;
  choose: (formation: string) => void;
}) {
  const words = useWords();
  const { t } = words;
  return (
    <div class="filters">
      <Field label={t("compare_with")}>
        {(attributes) => (
          <select
            {...attributes}
            value={chosen}
            onChange={(event) => choose(event.currentTarget.value)}
          >
            {formations.map((one) => (
              <option key={one.id} value={one.id}>
                {words.time(one.requested_at)}, {t(`formation_${one.status}`)}
              </option>
            ))}
          </select>
        )}
      </Field>
    </div>
  );
}

function Sides({ comparison }: { comparison: Comparison }) {
  const words = useWords();
  const { t } = words;
  const { before, after } = comparison;
  const [was, is] = [before.standing, after.standing];
  const row = (key: string, name: string, text: (standing: Standing) => string) => ({
    key,
    cells: [
      name,
      was === undefined ? t("none") : text(was),
      is === undefined ? t("none") : text(is),
    ],
  });
  return (
    <>
      <section class="card" aria-labelledby="scores">
        <h2 id="scores">{t("compare_scores")}</h2>
        <Table
          caption={t("compare_scores")}
          columns={[
            t("compare_what"),
            t("compare_of", { when: words.time(before.requested_at) }),
            t("compare_this", { when: words.time(after.requested_at) }),
          ]}
          rows={[
            row("worst", t("summary_worst"), (one) => words.score(one.worst)),
            row("mean", t("summary_mean"), (one) => words.score(one.mean)),
            row("must", t("summary_must"), (one) => words.number(one.must_broken)),
            row("groups", t("groups"), (one) => words.number(one.groups)),
          ]}
        />
      </section>
      <section class="card" aria-labelledby="criteria">
        <h2 id="criteria">{t("criteria")}</h2>
        <p class="quiet">{t("compare_criteria_text")}</p>
        <Table
          caption={t("criteria")}
          columns={[
            t("criterion"),
            t("compare_of", { when: words.time(before.requested_at) }),
            t("compare_this", { when: words.time(after.requested_at) }),
          ]}
          rows={comparison.criteria.map((one) => ({
            key: one.criterion,
            cells: [
              words.of(one.label),
              standingWords(words, one.before),
              standingWords(words, one.after),
            ],
          }))}
        />
      </section>
    </>
  );
}

/** The mean and the weakest group of a criterion, and the groups that break it. */
export function standingWords(words: Words, standing: Standing | undefined): string {
  if (standing === undefined) return words.t("none");
  const { mean, worst, must_broken } = standing;
  const scores = words.t("compare_mean_worst", {
    mean: words.score(mean),
    worst: words.score(worst),
  });
  return must_broken === 0 ? scores : `${scores}, ${words.n("compare_broken", must_broken)}`;
}

function Movers({
  place,
  comparison,
}: {
  place: { cohort: string; formation: string };
  comparison: Comparison;
}) {
  const words = useWords();
  const { t } = words;
  const { api } = useSigned();
  const other = comparison.before.formation;
  const pages = usePages(
    (cursor) =>
      ok(
        api.GET(`${FORMATION}/comparison`, {
          params: { path: place, query: { with: other, ...(cursor ? { cursor } : {}) } },
        }),
      ),
    [api, place.cohort, place.formation, other],
  );
  const group = (number: number | undefined) =>
    number === undefined ? t("compare_nowhere") : t("group_n", { n: number });
  return (
    <section class="card" aria-labelledby="movers">
      <h2 id="movers">{t("compare_movers")}</h2>
      <Facts>
        <Fact name={t("compare_moved")}>{words.number(comparison.moved)}</Fact>
        <Fact name={t("compare_stay")}>{words.number(comparison.stay)}</Fact>
      </Facts>
      {pages.items.length > 0 && (
        <Table
          caption={t("compare_movers")}
          columns={[
            t("student_name"),
            t("section"),
            t("compare_from"),
            t("compare_to"),
            t("compare_kept"),
          ]}
          rows={pages.items.map((one) => ({
            key: one.student,
            cells: [
              one.name ?? t("member_gone"),
              one.section,
              group(one.from),
              group(one.to),
              words.number(one.kept),
            ],
          }))}
        />
      )}
      <Pager pages={pages} />
    </section>
  );
}
