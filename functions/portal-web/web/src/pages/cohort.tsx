import { useState } from "preact/hooks";
import { useRoute } from "preact-iso";
import { ifChanged, ok } from "../api/client";
import type { Cohort, FormationSummary } from "../api/types";
import { useWords } from "../i18n/words";
import { mayAct, useSigned } from "../parts/context";
import { useLive, useLoad, usePages } from "../parts/load";
import {
  Back,
  Badge,
  Bars,
  Done,
  Fact,
  Facts,
  Heading,
  Link,
  Pager,
  Ready,
  Table,
  type Tone,
} from "../parts/parts";
import { CohortBadge, left } from "./cohorts";
import { Mend } from "./mend";
import { PlanCard, PlanDialog } from "./plan";
import { Quarantine } from "./quarantine";
import { type Kind, StartDialog } from "./start";

export function CohortPage() {
  const { t } = useWords();
  const { api } = useSigned();
  const cohort = useRoute().params.cohort ?? "";
  const [loaded, again] = useLive(
    (tag) =>
      ifChanged(
        api.GET("/api/cohorts/{cohort}", {
          params: { path: { cohort } },
          headers: tag === undefined ? {} : { "If-None-Match": tag },
        }),
      ),
    [api, cohort],
    () => 10,
  );
  return (
    <>
      <Back to="/" place={t("cohorts_title")} />
      <Ready of={loaded} again={again} heads>
        {(data) => <View cohort={data} again={again} />}
      </Ready>
    </>
  );
}

function View({ cohort, again }: { cohort: Cohort; again: () => void }) {
  const words = useWords();
  const { t } = words;
  const { me } = useSigned();
  const [starting, setStarting] = useState<Kind>();
  const [planning, setPlanning] = useState(false);
  const [started, setStarted] = useState(0);
  const idle = cohort.state !== "forming" && cohort.active_formation === undefined;
  const turn = `${started} ${cohort.latest_formation?.id} ${cohort.latest_formation?.status}`;
  const begun = () => {
    setStarting(undefined);
    setPlanning(false);
    setStarted((n) => n + 1);
    again();
  };
  return (
    <>
      <Heading title={words.of(cohort.name)}>
        <p>
          <CohortBadge cohort={cohort} />
        </p>
      </Heading>
      <Done text={started > 0 ? t("started") : undefined} />
      <div class="columns">
        <Answers cohort={cohort} />
        <section class="card" aria-labelledby="settings">
          <h2 id="settings">{t("cohort_settings")}</h2>
          <Facts>
            <Fact name={t("deadline")}>
              {words.time(cohort.deadline)} <span class="quiet">({left(words, cohort)})</span>
            </Fact>
            <Fact name={t("delete_on")}>
              {mayAct(me) ? (
                <Link to={`/cohorts/${cohort.id}/data`}>{words.day(cohort.delete_on)}</Link>
              ) : (
                words.day(cohort.delete_on)
              )}
            </Fact>
            <Fact name={t("approval")}>{t(cohort.approval ? "approval_yes" : "approval_no")}</Fact>
            <Fact name={t("mail")}>
              {t(cohort.mail_agreed ? "mail_yes" : "mail_no")}{" "}
              <Link to={`/cohorts/${cohort.id}/mailings`}>{t("mailings_title")}</Link>
            </Fact>
            <Fact name={t("sizes")}>
              {t("sizes_text", {
                min: cohort.sizes.min,
                max: cohort.sizes.max,
                preferred: cohort.sizes.preferred,
              })}
            </Fact>
          </Facts>
          {mayAct(me) && (
            <p>
              <Link to={`/cohorts/${cohort.id}/settings`}>{t("settings_change")}</Link>
            </p>
          )}
        </section>
      </div>
      <Quarantine cohort={cohort} again={again} />
      <Formations cohort={cohort} turn={turn} />
      {cohort.plan !== undefined && (
        <PlanCard
          key={cohort.plan}
          cohort={cohort}
          formation={cohort.plan}
          turn={`${turn} ${cohort.published_formation} ${cohort.responses.students}`}
          changed={again}
        />
      )}
      {mayAct(me) && cohort.archived_at === undefined && idle && cohort.responses.students > 0 && (
        <p>
          <button type="button" class="main" onClick={() => setStarting("initial")}>
            {t("start")}
          </button>{" "}
          {cohort.published_formation !== undefined && (
            <button type="button" onClick={() => setStarting("rotation")}>
              {t("rotate")}
            </button>
          )}{" "}
          <button type="button" onClick={() => setPlanning(true)}>
            {t("plan_open")}
          </button>
        </p>
      )}
      {mayAct(me) && cohort.archived_at === undefined && idle && (
        <Mend cohort={cohort} done={begun} />
      )}
      {starting !== undefined && (
        <StartDialog
          cohort={cohort}
          kind={starting}
          cancel={() => setStarting(undefined)}
          done={begun}
        />
      )}
      {planning && <PlanDialog cohort={cohort} cancel={() => setPlanning(false)} done={begun} />}
      <Criteria cohort={cohort} />
      {mayAct(me) && (
        <p>
          <Link to={`/cohorts/${cohort.id}/evaluation`}>{t("evaluation_link")}</Link>
        </p>
      )}
    </>
  );
}

function Answers({ cohort }: { cohort: Cohort }) {
  const words = useWords();
  const { t } = words;
  const { me } = useSigned();
  const { students, sections } = cohort.responses;
  return (
    <section class="card" aria-labelledby="answers">
      <h2 id="answers">{t("cohort_answers")}</h2>
      <p class="figure">
        <strong>{words.number(students)}</strong>{" "}
        {t(students === 1 ? "cohort_answered_one" : "cohort_answered_other")}
      </p>
      {students === 0 ? (
        <p>{t("cohort_no_answers")}</p>
      ) : (
        <>
          <h3>{t("cohort_by_section")}</h3>
          <Bars
            label={t("cohort_by_section")}
            bars={sections.map((one) => ({ name: one.section, value: one.students }))}
          />
          <p>
            <Link to={`/cohorts/${cohort.id}/students`}>{t("cohort_students")}</Link>
          </p>
        </>
      )}
      <p>
        <Link to={`/cohorts/${cohort.id}/roster`}>{t("roster_link")}</Link>
      </p>
      {mayAct(me) && cohort.archived_at === undefined && <Unlisted cohort={cohort.id} />}
      {me.role === "operator" && (
        <p>
          <Link to={`/cohorts/${cohort.id}/rights`}>{t("rights_link")}</Link>
        </p>
      )}
      <p class="quiet">{t("updated_live")}</p>
    </section>
  );
}

/** Without a roster there is no response rate and nobody to remind: the way to one stands where one looks for it. */
function Unlisted({ cohort }: { cohort: string }) {
  const { t } = useWords();
  const { api } = useSigned();
  const [roster] = useLoad(
    () => ok(api.GET("/api/cohorts/{cohort}/roster", { params: { path: { cohort } } })),
    [api, cohort],
  );
  if (roster.state !== "ready" || roster.data.listed_at !== undefined) return null;
  return (
    <p>
      <Link to={`/cohorts/${cohort}/roster`} class="button">
        {t("roster_import")}
      </Link>
    </p>
  );
}

function Formations({ cohort, turn }: { cohort: Cohort; turn: string }) {
  const words = useWords();
  const { t } = words;
  const { api } = useSigned();
  const pages = usePages(
    (cursor) =>
      ok(
        api.GET("/api/cohorts/{cohort}/formations", {
          params: { path: { cohort: cohort.id }, query: cursor ? { cursor } : {} },
        }),
      ),
    [api, cohort.id, turn],
  );
  const none = pages.items.length === 0 && !pages.loading && pages.failure === undefined;
  return (
    <section class="card" aria-labelledby="formations">
      <h2 id="formations">{t("formations")}</h2>
      {none && <p>{t("formations_none")}</p>}
      {pages.items.length > 0 && (
        <Table
          caption={t("formations")}
          columns={[t("formation_requested"), t("formation_status"), t("formation_by")]}
          rows={pages.items.map((formation) => ({
            key: formation.id,
            cells: [
              <Link to={`/cohorts/${cohort.id}/formations/${formation.id}`}>
                {words.time(formation.requested_at)}
              </Link>,
              <FormationBadge formation={formation} published={cohort.published_formation} />,
              t(`formation_by_${formation.requested_by.kind}`),
            ],
          }))}
        />
      )}
      <Pager pages={pages} />
    </section>
  );
}

function Criteria({ cohort }: { cohort: Cohort }) {
  const words = useWords();
  const { t } = words;
  const { me } = useSigned();
  if (cohort.criteria.length === 0) return null;
  return (
    <section class="card" aria-labelledby="criteria">
      <h2 id="criteria">{t("criteria")}</h2>
      <Table
        caption={t("criteria")}
        columns={[t("criterion"), t("hardness"), t("weight")]}
        rows={cohort.criteria.map((criterion) => ({
          key: criterion.id,
          cells: [
            words.of(criterion.label),
            t(`hardness_${criterion.hardness}`),
            criterion.hardness === "must" ? t("none") : words.number(criterion.weight),
          ],
        }))}
      />
      {mayAct(me) && (
        <p>
          <Link to={`/cohorts/${cohort.id}/distribution`}>{t("distribution_link")}</Link>
        </p>
      )}
    </section>
  );
}

const TONES: Record<FormationSummary["status"], Tone> = {
  running: "busy",
  awaiting_approval: "busy",
  published: "good",
  rejected: "plain",
  failed: "bad",
  planned: "plain",
};

export function FormationBadge({
  formation,
  published,
}: {
  formation: FormationSummary;
  published?: string | undefined;
}) {
  const { t } = useWords();
  if (formation.status === "published" && published !== undefined && published !== formation.id) {
    return <Badge tone="plain">{t("formation_replaced")}</Badge>;
  }
  return <Badge tone={TONES[formation.status]}>{t(`formation_${formation.status}`)}</Badge>;
}
