import { useEffect, useRef, useState } from "preact/hooks";
import { useRoute } from "preact-iso";
import { ifChanged, ok } from "../api/client";
import type { Cohort, Formation } from "../api/types";
import { useWords, type Words } from "../i18n/words";
import { mayAct, useSigned } from "../parts/context";
import { both, useLive, useLoad } from "../parts/load";
import { Back, Badge, Confirm, Done, Fact, Facts, Heading, Link, Ready } from "../parts/parts";
import { HAS_GROUPS, Origin, TakeUp } from "./anew";
import { Board } from "./board";
import { FormationBadge } from "./cohort";
import { ConflictCard } from "./conflict";
import { Meetings, PlanCard } from "./plan";

type Shown = "approve" | "reject" | undefined;

export function FormationPage() {
  const words = useWords();
  const { t } = words;
  const { api } = useSigned();
  const { cohort = "", formation = "" } = useRoute().params;
  const path = { cohort, formation };
  const [cohortLoaded, cohortAgain] = useLoad(
    () => ok(api.GET("/api/cohorts/{cohort}", { params: { path: { cohort } } })),
    [api, cohort],
  );
  const [loaded, again] = useLive(
    (tag) =>
      ifChanged(
        api.GET("/api/cohorts/{cohort}/formations/{formation}", {
          params: { path },
          headers: tag === undefined ? {} : { "If-None-Match": tag },
        }),
      ),
    [api, cohort, formation],
    (data) => (data.status === "running" ? 2 : data.status === "awaiting_approval" ? 5 : undefined),
  );
  // Which groups are published stands with the cohort.
  const status = loaded.state === "ready" ? loaded.data.status : undefined;
  const seen = useRef(status);
  useEffect(() => {
    if (seen.current !== undefined && status !== seen.current) cohortAgain();
    seen.current = status;
  }, [status, cohortAgain]);
  const place = cohortLoaded.state === "ready" ? words.of(cohortLoaded.data.name) : t("cohort");
  return (
    <>
      <Back to={`/cohorts/${cohort}`} place={place} />
      <Ready of={both(cohortLoaded, loaded)} again={again} heads>
        {([cohort, formation]) => (
          <View
            cohort={cohort}
            formation={formation}
            again={() => {
              again();
              cohortAgain();
            }}
          />
        )}
      </Ready>
    </>
  );
}

function View({
  cohort,
  formation,
  again,
}: {
  cohort: Cohort;
  formation: Formation;
  again: () => void;
}) {
  const words = useWords();
  const { t } = words;
  const { me } = useSigned();
  const [shown, setShown] = useState<Shown>();
  const [done, setDone] = useState<Exclude<Shown, undefined>>();
  const awaits = formation.status === "awaiting_approval" && formation.decision === undefined;
  const hasGroups = HAS_GROUPS.has(formation.status) || formation.status === "planned";
  const plans = formation.plan?.formation === formation.id;
  return (
    <>
      <Heading title={title(words, formation)}>
        <p>
          <FormationBadge formation={formation} published={cohort.published_formation} />
        </p>
      </Heading>
      <Done
        text={done === "approve" ? t("approved") : done === "reject" ? t("rejected") : undefined}
      />
      {formation.decision !== undefined && (
        <p class="quiet">
          {t(`decided_${formation.decision.verdict}`, { when: words.time(formation.decision.at) })}
        </p>
      )}
      {awaits && mayAct(me) && (
        <div class="actions start">
          <button type="button" class="main" onClick={() => setShown("approve")}>
            {t("approve")}
          </button>
          <button type="button" onClick={() => setShown("reject")}>
            {t("reject")}
          </button>
        </div>
      )}
      {shown !== undefined && (
        <DecisionDialog
          cohort={cohort}
          formation={formation}
          decision={shown}
          cancel={() => setShown(undefined)}
          done={() => {
            setDone(shown);
            setShown(undefined);
            again();
          }}
        />
      )}
      <Origin cohort={cohort.id} formation={formation} />
      {formation.plan !== undefined && (
        <PlanCard
          cohort={cohort}
          formation={formation.id}
          turn={`${formation.status} ${cohort.published_formation} ${cohort.active_formation}`}
          changed={again}
        />
      )}
      {formation.status === "rejected" && mayAct(me) && (
        <TakeUp cohort={cohort} formation={formation} />
      )}
      {formation.failure !== undefined && (
        <ConflictCard cohort={cohort} formation={formation.id} failure={formation.failure} />
      )}
      {formation.sections.length > 0 && <Sections formation={formation} />}
      {formation.status === "published" && (
        <p>
          <Link to={`/cohorts/${cohort.id}/formations/${formation.id}/messages`}>
            {t("messages_open")}
          </Link>
        </p>
      )}
      {formation.status === "running" && (
        <p class="wait" role="status">
          {t("groups_running")}
        </p>
      )}
      {hasGroups && (formation.plan !== undefined || formation.kind === "rotation") && (
        <Meetings cohort={cohort.id} formation={formation.id} turn={formation.status} />
      )}
      {hasGroups && (
        <Board
          cohort={cohort.id}
          name={words.of(cohort.name)}
          formation={formation.id}
          status={formation.status}
          version={formation.board_version}
          changed={again}
          editable={awaits}
          rest={formation.kind !== "repair" && !plans}
        />
      )}
    </>
  );
}

/** Which round of its plan it is, or when it was asked for. */
function title(words: Words, formation: Formation): string {
  const { plan } = formation;
  return plan !== undefined && formation.status === "planned"
    ? words.t("plan_round_of", { n: plan.round, rounds: plan.rounds })
    : words.t("formation_of", { when: words.time(formation.requested_at) });
}

function Sections({ formation }: { formation: Formation }) {
  const words = useWords();
  const { t } = words;
  return (
    <section aria-labelledby="sections">
      <h2 id="sections">{t("sections")}</h2>
      <ul class="cards">
        {formation.sections.map((section) => (
          <li key={section.section} class="card">
            <h3>{section.section}</h3>
            <p>
              {words.n("summary_students", section.students)},{" "}
              {words.n("summary_groups", section.groups)}
            </p>
            <Facts>
              <Fact name={t("summary_worst")}>
                {t("score_of_100", { score: words.score(section.worst) })}
              </Fact>
              <Fact name={t("summary_mean")}>
                {t("score_of_100", { score: words.score(section.mean) })}
              </Fact>
              <Fact name={t("summary_must")}>
                {section.must_broken === 0 ? (
                  words.number(0)
                ) : (
                  <Badge tone="bad">{words.number(section.must_broken)}</Badge>
                )}
              </Fact>
            </Facts>
            {section.proven && <p class="quiet">{t("summary_proven")}</p>}
            {section.explained.map((line) => (
              <p key={line.en} class="quiet">
                {words.of(line)}
              </p>
            ))}
          </li>
        ))}
      </ul>
    </section>
  );
}

function DecisionDialog({
  cohort,
  formation,
  decision,
  done,
  cancel,
}: {
  cohort: Cohort;
  formation: Formation;
  decision: "approve" | "reject";
  done: () => void;
  cancel: () => void;
}) {
  const words = useWords();
  const { t } = words;
  const { api } = useSigned();
  // What is decided about is what was shown when it was asked, also when it changes under the question.
  const [seen] = useState(formation.board_version);
  // Deciding the same again changes nothing, so a call whose answer was lost can be repeated.
  const act = async () => {
    const path = { cohort: cohort.id, formation: formation.id };
    const params = { path, header: { "If-Match": `"${seen}"` } };
    if (decision === "approve") {
      await ok(api.POST("/api/cohorts/{cohort}/formations/{formation}/approve", { params }));
    } else {
      await ok(api.POST("/api/cohorts/{cohort}/formations/{formation}/reject", { params }));
    }
  };
  const sum = (of: (section: Formation["sections"][number]) => number) =>
    formation.sections.reduce((sum, section) => sum + of(section), 0);
  const counts = {
    groups: words.n(
      "approve_groups",
      sum((one) => one.groups),
    ),
    students: words.n(
      "approve_students",
      sum((one) => one.students),
    ),
  };
  return (
    <Confirm
      title={t(`${decision}_title`)}
      action={t(`${decision}_confirm`)}
      danger={decision === "reject"}
      act={act}
      done={done}
      cancel={cancel}
    >
      <p>
        {decision === "approve"
          ? t(cohort.mail_agreed ? "approve_mail" : "approve_no_mail", counts)
          : t("reject_text")}
      </p>
      {decision === "approve" && formation.plan?.formation === formation.id && (
        <p>{t("plan_approve", { n: formation.plan.rounds })}</p>
      )}
    </Confirm>
  );
}
