// Several rounds planned at once: asking for them, where they stand, publishing the next, and who meets again.

import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { ok } from "../api/client";
import { overtaken } from "../api/failure";
import type { Cohort, Plan, Round } from "../api/types";
import { useWords, type Words } from "../i18n/words";
import { mayAct, useSigned } from "../parts/context";
import { useKeys } from "../parts/key";
import { useLoad, usePages } from "../parts/load";
import { Badge, Confirm, Done, Field, Link, Pager, Ready, Table, type Tone } from "../parts/parts";

const FORMATION = "/api/cohorts/{cohort}/formations/{formation}";

/** So many rounds are planned at once, as the API has it. */
const MOST = 30;

/** Asks how many rounds are to be planned, and has them planned. */
export function PlanDialog({
  cohort,
  rounds: wanted = 3,
  done,
  cancel,
}: {
  cohort: Cohort;
  rounds?: number;
  done: () => void;
  cancel: () => void;
}) {
  const words = useWords();
  const { t } = words;
  const { api } = useSigned();
  const keys = useKeys();
  const [number, setNumber] = useState(String(wanted));
  const replace = cohort.published_formation;
  const act = async () => {
    const rounds = Number(number);
    await ok(
      api.POST("/api/cohorts/{cohort}/formations", {
        params: {
          path: { cohort: cohort.id },
          header: { "Idempotency-Key": keys.of({ rounds, replace }) },
          query: { rounds, ...(replace === undefined ? {} : { replace }) },
        },
      }),
    );
  };
  return (
    <Confirm
      title={t("plan_title")}
      action={t("plan_confirm")}
      act={act}
      done={done}
      cancel={cancel}
    >
      <p>{t("plan_text", { n: words.number(cohort.responses.students) })}</p>
      <Field label={t("plan_number")} hint={t("plan_number_hint", { most: words.number(MOST) })}>
        {(attributes) => (
          <input
            {...attributes}
            type="number"
            inputMode="numeric"
            required
            min={2}
            max={MOST}
            step={1}
            value={number}
            onInput={(event) => setNumber(event.currentTarget.value)}
          />
        )}
      </Field>
      <p>{t("plan_then")}</p>
      {replace !== undefined && (
        <p class="notice warn">
          {t(cohort.mail_agreed ? "start_replace" : "start_replace_no_mail")}
        </p>
      )}
    </Confirm>
  );
}

/** The rounds of a plan, and the way to publish the one that is next. */
export function PlanCard({
  cohort,
  formation,
  turn,
  changed,
}: {
  cohort: Cohort;
  /** Any formation of the plan. */
  formation: string;
  /** Another one when the plan may have moved on. */
  turn: string;
  /** A round is being published, or rounds are planned again. */
  changed: () => void;
}) {
  const { t } = useWords();
  const { api } = useSigned();
  const [done, setDone] = useState<"published" | "planned">();
  const path = { cohort: cohort.id, formation };
  const [loaded, again] = useLoad(
    () => ok(api.GET(`${FORMATION}/plan`, { params: { path } })),
    [api, cohort.id, formation],
  );
  const seen = useRef(turn);
  useEffect(() => {
    if (seen.current !== turn) {
      seen.current = turn;
      again();
    }
  }, [turn, again]);
  const moved = (to: "published" | "planned") => {
    setDone(to);
    again();
    changed();
  };
  return (
    <section class="card" aria-labelledby="plan">
      <Ready of={loaded} again={again}>
        {(plan) => (
          <>
            <h2 id="plan">{t("plan_heading", { n: plan.asked })}</h2>
            <Done
              text={
                done === "published"
                  ? t("plan_publishing")
                  : done === "planned"
                    ? t("started")
                    : undefined
              }
            />
            <Rounds cohort={cohort.id} plan={plan} />
            <Steps cohort={cohort} plan={plan} again={again} moved={moved} />
          </>
        )}
      </Ready>
    </section>
  );
}

const TONES: Record<Round["state"], Tone> = {
  proposed: "busy",
  under_way: "busy",
  published: "good",
  next: "busy",
  waiting: "plain",
  set_aside: "plain",
};

function Rounds({ cohort, plan }: { cohort: string; plan: Plan }) {
  const words = useWords();
  const { t } = words;
  if (plan.at_most === undefined) return <p role="status">{t("plan_making")}</p>;
  return (
    <>
      <p>{words.n("plan_at_most", plan.at_most)}</p>
      {plan.by_hand && <p class="notice warn">{t("plan_by_hand")}</p>}
      <Table
        caption={t("plan_heading", { n: plan.asked })}
        columns={[
          t("plan_column"),
          t("plan_state"),
          t("groups"),
          t("summary_worst"),
          t("plan_again_pairs"),
        ]}
        rows={plan.rounds.map((round) => ({
          key: round.formation,
          cells: [
            <Link to={`/cohorts/${cohort}/formations/${round.groups_of}`}>
              {t("plan_round", { n: round.round })}
            </Link>,
            <Badge tone={TONES[round.state]}>{t(`plan_state_${round.state}`)}</Badge>,
            words.n("summary_groups", sum(round, "groups")),
            words.score(Math.min(...round.sections.map((one) => one.worst))),
            repeats(words, round),
          ],
        }))}
      />
    </>
  );
}

function sum(round: Round, what: "groups" | "students" | "repeats"): number {
  return round.sections.reduce((sum, section) => sum + (section[what] ?? 0), 0);
}

/** How many meet again, as far as it is known without looking at the groups. */
export function repeats(words: Words, round: Round): string {
  if (round.sections.some((one) => one.repeats === undefined)) return words.t("plan_pairs_unknown");
  const pairs = sum(round, "repeats");
  return pairs === 0 ? words.t("plan_pairs_none") : words.n("plan_pairs", pairs);
}

/** Who has come and left since the next round was planned. */
function Differs({ plan }: { plan: Plan }) {
  const words = useWords();
  return (
    <>
      {plan.left > 0 && <p class="notice warn">{words.n("plan_left", plan.left)}</p>}
      {plan.joined > 0 && <p class="notice warn">{words.n("plan_joined", plan.joined)}</p>}
    </>
  );
}

function Steps({
  cohort,
  plan,
  again,
  moved,
}: {
  cohort: Cohort;
  plan: Plan;
  again: () => void;
  moved: (to: "published" | "planned") => void;
}) {
  const { t } = useWords();
  const { me } = useSigned();
  const [asking, setAsking] = useState<"publish" | "plan">();
  const next = plan.rounds.find((round) => round.state === "next");
  const aside = plan.rounds.some((round) => round.state === "set_aside");
  const left = plan.rounds.filter((round) => round.state === "next" || round.state === "waiting");
  const idle = cohort.active_formation === undefined && cohort.state !== "forming";
  const acts = mayAct(me) && cohort.archived_at === undefined;
  return (
    <>
      {aside && <p class="quiet">{t("plan_aside")}</p>}
      {next !== undefined && <Differs plan={plan} />}
      {next !== undefined && acts && !idle && <p class="quiet">{t("plan_later")}</p>}
      {next !== undefined && acts && idle && (
        <p>
          <button type="button" class="main" onClick={() => setAsking("publish")}>
            {t("plan_publish", { n: next.round })}
          </button>{" "}
          {left.length > 1 && (
            <button type="button" onClick={() => setAsking("plan")}>
              {t("plan_rest")}
            </button>
          )}
        </p>
      )}
      {asking === "publish" && next !== undefined && (
        <PublishDialog
          cohort={cohort}
          round={next}
          version={plan.version}
          again={again}
          cancel={() => setAsking(undefined)}
          done={() => {
            setAsking(undefined);
            moved("published");
          }}
        >
          <Differs plan={plan} />
        </PublishDialog>
      )}
      {asking === "plan" && (
        <PlanDialog
          cohort={cohort}
          rounds={left.length}
          cancel={() => setAsking(undefined)}
          done={() => {
            setAsking(undefined);
            moved("planned");
          }}
        />
      )}
    </>
  );
}

/**
 * Asks before a round is published. If the plan is another than was seen, it is read again, so that the dialog says
 * what there is to know by now.
 */
function PublishDialog({
  cohort,
  round,
  version,
  again,
  done,
  cancel,
  children,
}: {
  cohort: Cohort;
  round: Round;
  version: number;
  again: () => void;
  done: () => void;
  cancel: () => void;
  children: ComponentChildren;
}) {
  const words = useWords();
  const { t } = words;
  const { api } = useSigned();
  const act = async () => {
    const path = { cohort: cohort.id, formation: round.formation };
    try {
      const header = { "If-Match": `"${version}"` };
      await ok(api.POST(`${FORMATION}/publish`, { params: { path, header } }));
    } catch (error) {
      if (overtaken(error)) again();
      throw error;
    }
  };
  const counts = {
    groups: words.n("summary_groups", sum(round, "groups")),
    students: words.n("summary_students", sum(round, "students")),
  };
  return (
    <Confirm
      title={t("plan_publish_title", { n: round.round })}
      action={t("plan_publish_confirm")}
      act={act}
      done={done}
      cancel={cancel}
    >
      <p>{t(cohort.mail_agreed ? "plan_publish_mail" : "plan_publish_no_mail", counts)}</p>
      {children}
      <p class="quiet">{t("plan_publish_broken")}</p>
    </Confirm>
  );
}

/** Who in a formation's groups has been together before. */
export function Meetings({
  cohort,
  formation,
  turn,
}: {
  cohort: string;
  formation: string;
  turn: string;
}) {
  const words = useWords();
  const { t } = words;
  const { api } = useSigned();
  const [told, setTold] = useState<{ count: number; rounds: number }>();
  const pages = usePages(
    async (cursor) => {
      const page = await ok(
        api.GET(`${FORMATION}/meetings`, {
          params: { path: { cohort, formation }, query: cursor ? { cursor } : {} },
        }),
      );
      setTold({ count: page.count, rounds: page.rounds });
      return page;
    },
    [api, cohort, formation],
    turn,
  );
  return (
    <section class="card" aria-labelledby="meetings">
      <h2 id="meetings">{t("meet_heading")}</h2>
      {told !== undefined && (
        <p>
          {told.rounds === 0
            ? t("meet_first")
            : told.count === 0
              ? t("meet_none")
              : words.n("meet_count", told.count)}
        </p>
      )}
      {pages.items.length > 0 && (
        <Table
          caption={t("meet_heading")}
          columns={[t("meet_students"), t("section"), t("group"), t("meet_before")]}
          rows={pages.items.map((one) => ({
            key: one.students.map((student) => student.id).join(" "),
            cells: [
              t("meet_and", {
                one: one.students[0]?.name ?? t("member_gone"),
                other: one.students[1]?.name ?? t("member_gone"),
              }),
              one.section,
              t("group_n", { n: one.group }),
              words.n("meet_times", one.before),
            ],
          }))}
        />
      )}
      <Pager pages={pages} />
    </section>
  );
}
