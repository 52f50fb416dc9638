// Why a formation came to no groups: which rules are in each other's way, for whom, and what giving one up buys.

import { ok } from "../api/client";
import type { Cohort, Formation, Localised } from "../api/types";
import { useWords } from "../i18n/words";
import { mayAct, useSigned } from "../parts/context";
import { useLoad } from "../parts/load";
import { Link, Table } from "../parts/parts";

type Failure = NonNullable<Formation["failure"]>;
type Price = Failure["prices"][number];

/** One conflict: the sentences that say why, and what giving up each of its rules buys. */
export interface Conflict {
  why: Localised[];
  prices: Price[];
}

/** The sentences of a failure by conflict: a sentence that is no price begins another. */
export function conflictsOf({ explained, prices }: Failure): Conflict[] {
  const conflicts: Conflict[] = [];
  for (const [index, sentence] of explained.entries()) {
    const price = prices.find((one) => one.sentence === index);
    const last = conflicts.at(-1);
    if (price !== undefined && last !== undefined) last.prices.push(price);
    else if (last !== undefined && last.prices.length === 0 && prices.length === 0) {
      last.why.push(sentence);
    } else conflicts.push({ why: [sentence], prices: [] });
  }
  return conflicts;
}

/** A sentence with names in the place of its numbers: `#1` is the first of them. */
export function named(text: string, names: readonly (string | undefined)[]): string {
  return text.replace(/#(\d+)/g, (number, n: string) => names[Number(n) - 1] ?? number);
}

export function ConflictCard({
  cohort,
  formation,
  failure,
}: {
  cohort: Cohort;
  formation: string;
  failure: Failure;
}) {
  const words = useWords();
  const { t } = words;
  const { api, me } = useSigned();
  const about = failure.students.length;
  const [loaded] = useLoad(
    async () =>
      about === 0
        ? []
        : (
            await ok(
              api.GET("/api/cohorts/{cohort}/formations/{formation}/failure/students", {
                params: { path: { cohort: cohort.id, formation } },
              }),
            )
          ).items,
    [api, cohort.id, formation, about],
  );
  // Without names the numbers stay: the explanation is worth reading all the same.
  const names = loaded.state === "ready" ? loaded.data.map((one) => one.name) : [];
  const label = (id: string) => {
    const criterion = cohort.criteria.find((one) => one.id === id);
    return criterion === undefined ? id : words.of(criterion.label);
  };
  const conflicts = conflictsOf(failure);
  return (
    <section class="card" aria-labelledby="failed">
      <h2 id="failed">{t("failed_title")}</h2>
      <p>{words.of(failure.sentence)}</p>
      {conflicts.map(({ why, prices }) => (
        <div key={why[0]?.en}>
          {why.map((line) => (
            <p key={line.en}>{named(words.of(line), names)}</p>
          ))}
          {prices.length > 0 && (
            <Table
              caption={t("price_title")}
              columns={[t("price_rule"), t("price_score"), t("price_now"), t("price_broken")]}
              rows={prices.map((price) => ({
                key: price.criterion,
                cells: [
                  label(price.criterion),
                  words.score(price.score),
                  words.score(price.now),
                  price.must_broken === 0 ? t("price_none") : words.number(price.must_broken),
                ],
              }))}
            />
          )}
        </div>
      ))}
      {conflicts.some((conflict) => conflict.prices.length > 0) && (
        <p class="quiet">{t("price_text")}</p>
      )}
      {mayAct(me) && (
        <p>
          <Link to={`/cohorts/${cohort.id}/settings`}>{t("settings_change")}</Link>
        </p>
      )}
    </section>
  );
}
