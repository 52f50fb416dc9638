import { useState } from "preact/hooks";
import { ok } from "../api/client";
import type { CohortSummary } from "../api/types";
import { useWords, type Words } from "../i18n/words";
import { mayAct, useSigned } from "../parts/context";
import { usePages } from "../parts/load";
import { Badge, Fact, Facts, Heading, Link, Pager, type Tone } from "../parts/parts";

export function CohortsPage() {
  const words = useWords();
  const { t } = words;
  const { api, me } = useSigned();
  const [archived, setArchived] = useState(false);
  const pages = usePages(
    (cursor) =>
      ok(
        api.GET("/api/cohorts", {
          params: { query: { ...(archived ? { archived } : {}), ...(cursor ? { cursor } : {}) } },
        }),
      ),
    [api, archived],
  );
  const { items } = pages;
  return (
    <>
      <Heading title={t("cohorts_title")}>
        <p class="quiet">{me.institution.name}</p>
      </Heading>
      <div class="actions start">
        {mayAct(me) && (
          <Link to="/new-cohort" class="button main">
            {t("settings_new")}
          </Link>
        )}
        <button type="button" aria-pressed={archived} onClick={() => setArchived(!archived)}>
          {t("cohorts_archived")}
        </button>
      </div>
      {items.length === 0 && !pages.loading && pages.failure === undefined && (
        <section class="card empty">
          <h2>{t(archived ? "cohorts_none_archived" : "cohorts_none_title")}</h2>
          {!archived && <p>{t(mayAct(me) ? "cohorts_none_text" : "cohorts_none_viewer")}</p>}
        </section>
      )}
      <ul class="cards">
        {items.map((cohort) => (
          <li key={cohort.id} class="card">
            <h2>
              <Link to={`/cohorts/${cohort.id}`}>{words.of(cohort.name)}</Link>
            </h2>
            <p>
              <CohortBadge cohort={cohort} />
            </p>
            <Facts>
              <Fact name={t("deadline")}>
                {words.time(cohort.deadline)} <span class="quiet">({left(words, cohort)})</span>
              </Fact>
              <Fact name={t("delete_on")}>{words.day(cohort.delete_on)}</Fact>
            </Facts>
          </li>
        ))}
      </ul>
      <Pager pages={pages} />
    </>
  );
}

const TONES: Record<CohortSummary["state"], Tone> = {
  collecting: "plain",
  forming: "busy",
  published: "good",
};

export function CohortBadge({ cohort }: { cohort: CohortSummary }) {
  const { t } = useWords();
  return <Badge tone={TONES[cohort.state]}>{t(`state_${cohort.state}`)}</Badge>;
}

/** How long it is to the deadline. */
export function left(words: Words, cohort: CohortSummary, now = Date.now()): string {
  const days = Math.floor((Date.parse(cohort.deadline) - now) / 86_400_000);
  if (days < 0) return words.t("deadline_over");
  return days === 0 ? words.t("deadline_today") : words.n("deadline_in", days);
}
