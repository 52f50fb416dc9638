// Who is expected, who has answered and who not; when answers came in; and the list itself.

import type { ComponentType } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { useRoute } from "preact-iso";
import { ok } from "../api/client";
import { asFailure, type Failure } from "../api/failure";
import type { Attendee, Cohort, Roster } from "../api/types";
import { Download } from "../downloads/download";
import { useWords } from "../i18n/words";
import { mayAct, useSigned } from "../parts/context";
import { both, useLive, useLoad, usePages } from "../parts/load";
import {
  Back,
  Badge,
  Confirm,
  Done,
  Email,
  Field,
  Heading,
  Link,
  Pager,
  Ready,
  Table,
  type Tone,
  Wait,
  Wrong,
} from "../parts/parts";
import { SectionChoice } from "../parts/section";
import { Chart } from "../roster/chart";
import type { ImportProps } from "../roster/import";

type Presence = Attendee["presence"];
const PRESENCES: readonly Presence[] = ["waiting", "answered", "unlisted"];

/** Seconds between two looks at the numbers, for each of which both lists are read whole. */
const LOOK_AGAIN = 60;

export function RosterPage() {
  const words = useWords();
  const { t } = words;
  const { api } = useSigned();
  const cohort = useRoute().params.cohort ?? "";
  const params = { path: { cohort } };
  const [known] = useLoad(() => ok(api.GET("/api/cohorts/{cohort}", { params })), [api, cohort]);
  // Answers come in while the page is looked at. The roster's tag is its version, which they do not change.
  const [roster, again] = useLive(
    async () => ({
      data: await ok(api.GET("/api/cohorts/{cohort}/roster", { params })),
      tag: undefined,
    }),
    [api, cohort],
    () => LOOK_AGAIN,
  );
  const [timeline, timeAgain] = useLive(
    async () => ({
      data: await ok(api.GET("/api/cohorts/{cohort}/timeline", { params })),
      tag: undefined,
    }),
    [api, cohort],
    () => LOOK_AGAIN,
  );
  const [done, setDone] = useState<string>();
  const reload = () => {
    again();
    timeAgain();
  };
  return (
    <>
      <Back
        to={`/cohorts/${cohort}`}
        place={known.state === "ready" ? words.of(known.data.name) : t("cohort")}
      />
      <Heading title={t("roster_title")} />
      <Done text={done} />
      <Ready of={both(both(roster, timeline), known)} again={reload}>
        {([[roster, timeline], known]) => (
          <>
            <Rates roster={roster} />
            <section class="card" aria-labelledby="over-time">
              <h2 id="over-time">{t("roster_over_time")}</h2>
              <Chart timeline={timeline} roster={roster} until={until(known.deadline)} />
            </section>
            <List
              cohort={known}
              roster={roster}
              again={reload}
              done={(text) => {
                setDone(text);
                reload();
              }}
            />
            <People
              key={String(roster.listed_at !== undefined)}
              cohort={cohort}
              name={words.of(known.name)}
              roster={roster}
            />
          </>
        )}
      </Ready>
    </>
  );
}

/** The day in Copenhagen until which answers are waited for, at most today. */
export function until(deadline: string, now = new Date()): string {
  const day = new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Copenhagen" });
  const end = new Date(deadline);
  return day.format(end < now ? end : now);
}

function Rates({ roster }: { roster: Roster }) {
  const words = useWords();
  const { t } = words;
  const { all, sections } = roster;
  const listed = roster.listed_at !== undefined;
  const rate = (one: { expected: number; answered: number }) =>
    one.expected === 0 ? t("none") : words.percent(one.answered / one.expected);
  const answered = all.answered + all.unlisted;
  return (
    <section class="card" aria-labelledby="rates">
      <h2 id="rates">{t("roster_rates")}</h2>
      {listed ? (
        <p class="figure">
          <strong>{rate(all)}</strong>{" "}
          {t("roster_of", {
            answered: words.number(all.answered),
            expected: words.number(all.expected),
          })}
        </p>
      ) : (
        <>
          <p class="figure">
            <strong>{words.number(answered)}</strong>{" "}
            {t(answered === 1 ? "cohort_answered_one" : "cohort_answered_other")}
          </p>
          <p>{t("roster_none")}</p>
        </>
      )}
      <Table
        caption={t("roster_rates")}
        columns={
          listed
            ? [
                t("section"),
                t("roster_rate_column"),
                t("roster_answered"),
                t("roster_expected"),
                t("roster_unlisted"),
              ]
            : [t("section"), t("roster_answered")]
        }
        rows={sections.map((one) => ({
          key: one.section,
          cells: listed
            ? [
                one.section,
                rate(one),
                words.number(one.answered),
                words.number(one.expected),
                words.number(one.unlisted),
              ]
            : [one.section, words.number(one.answered + one.unlisted)],
        }))}
      />
    </section>
  );
}

/** The list itself: since when it stands, another one in its place, or none. */
function List({
  cohort,
  roster,
  again,
  done,
}: {
  cohort: Cohort;
  roster: Roster;
  again: () => void;
  done: (text: string) => void;
}) {
  const words = useWords();
  const { t } = words;
  const { api, me } = useSigned();
  const [importing, setImporting] = useState(false);
  const [removing, setRemoving] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const [Import, setImport] = useState<ComponentType<ImportProps>>();
  const opener = useRef<HTMLButtonElement>(null);
  const wasImporting = useRef(false);
  // The button is there again: whoever uses a keyboard goes on where they were.
  useEffect(() => {
    if (wasImporting.current && !importing) opener.current?.focus();
    wasImporting.current = importing;
  }, [importing]);
  const open = () => {
    setFailure(undefined);
    setImporting(true);
    // What reads files is fetched when somebody has one.
    import("../roster/import").then(
      ({ Import }) => setImport(() => Import),
      (error) => {
        setImporting(false);
        setFailure(asFailure(error));
      },
    );
  };
  const remove = async () => {
    const header = { "If-Match": `"${roster.version}"` };
    const params = { path: { cohort: cohort.id }, header };
    await ok(api.DELETE("/api/cohorts/{cohort}/roster", { params }));
  };
  return (
    <section class="card" aria-labelledby="roster">
      <h2 id="roster">{t("roster")}</h2>
      <p>
        {roster.listed_at === undefined
          ? t("roster_why")
          : t("roster_since", {
              when: words.time(roster.listed_at),
              n: words.number(roster.all.expected),
            })}
      </p>
      {failure !== undefined && <Wrong failure={failure} again={open} />}
      {mayAct(me) && cohort.archived_at === undefined && !importing && (
        <div class="actions start">
          <button ref={opener} type="button" class="main" onClick={open}>
            {t(roster.listed_at === undefined ? "roster_import" : "roster_replace")}
          </button>
          {roster.listed_at !== undefined && (
            <button type="button" onClick={() => setRemoving(true)}>
              {t("roster_remove")}
            </button>
          )}
          {canRemind(cohort, roster) && (
            <Link to={`/cohorts/${cohort.id}/new-mailing?to=not_answered`}>
              {t("reminder_write")}
            </Link>
          )}
        </div>
      )}
      {importing && Import === undefined && <Wait />}
      {importing && Import !== undefined && (
        <Import
          cohort={cohort.id}
          roster={roster}
          again={again}
          done={(text) => {
            setImporting(false);
            done(text);
          }}
          cancel={() => setImporting(false)}
        />
      )}
      {removing && (
        <Confirm
          title={t("roster_remove_title")}
          action={t("roster_remove")}
          danger
          act={remove}
          done={() => {
            setRemoving(false);
            done(t("roster_removed"));
          }}
          cancel={() => {
            setRemoving(false);
            again();
          }}
        >
          <p>{t("roster_remove_text")}</p>
        </Confirm>
      )}
    </section>
  );
}

/** Whether there is anybody to remind, and still time to answer. */
const canRemind = (cohort: Cohort, { all }: Roster) =>
  cohort.mail_agreed && all.expected > all.answered && Date.now() < Date.parse(cohort.deadline);

const TONES: Record<Presence, Tone> = { answered: "good", waiting: "busy", unlisted: "plain" };

function People({ cohort, name, roster }: { cohort: string; name: string; roster: Roster }) {
  const words = useWords();
  const { t } = words;
  const { api } = useSigned();
  const listed = roster.listed_at !== undefined;
  const [presence, setPresence] = useState<Presence | "">(listed ? "waiting" : "");
  const [section, setSection] = useState("");
  const pages = usePages(
    (cursor) =>
      ok(
        api.GET("/api/cohorts/{cohort}/roster/people", {
          params: {
            path: { cohort },
            query: {
              limit: 100,
              ...(presence ? { presence } : {}),
              ...(section ? { section } : {}),
              ...(cursor ? { cursor } : {}),
            },
          },
        }),
      ),
    [api, cohort, presence, section, roster.version],
    // Who stands in the list changes when the numbers do. Each look at it is noted, so there is none without need.
    JSON.stringify(roster),
  );
  const of = section ? roster.sections.find((one) => one.section === section) : roster.all;
  const counts = {
    waiting: (of?.expected ?? 0) - (of?.answered ?? 0),
    answered: of?.answered ?? 0,
    unlisted: of?.unlisted ?? 0,
  };
  const all = presence ? counts[presence] : (of?.expected ?? 0) + (of?.unlisted ?? 0);
  return (
    <section class="card" aria-labelledby="people">
      <h2 id="people">{t("roster_people")}</h2>
      <p class="quiet">
        {t("students_logged")} {t("updated_live")}.
      </p>
      <div class="filters">
        {listed && (
          <Field label={t("roster_show")}>
            {(attributes) => (
              <select
                {...attributes}
                value={presence}
                onChange={(event) => {
                  const chosen = event.currentTarget.value;
                  setPresence(PRESENCES.find((one) => one === chosen) ?? "");
                }}
              >
                <option value="">{t("roster_everybody")}</option>
                {PRESENCES.map((one) => (
                  <option key={one} value={one}>
                    {t(`presence_${one}`)}
                  </option>
                ))}
              </select>
            )}
          </Field>
        )}
        <SectionChoice
          sections={roster.sections.map((one) => one.section)}
          chosen={section}
          choose={setSection}
        />
        <p class="quiet" role="status">
          {t("shown_of", { shown: words.number(pages.items.length), all: words.number(all) })}
        </p>
      </div>
      {listed && <p class="quiet">{t("roster_match")}</p>}
      <Download
        what="roster"
        of={name}
        read={(lists, reading) =>
          lists.roster(reading, cohort, {
            ...(presence ? { presence } : {}),
            ...(section ? { section } : {}),
          })
        }
      />
      {pages.items.length === 0 && !pages.loading && pages.failure === undefined && (
        <p>{t("roster_nobody")}</p>
      )}
      {pages.items.length > 0 && (
        <Table
          caption={t("roster_people")}
          columns={[
            t("student_email"),
            t("roster_presence"),
            t("student_name"),
            t("section"),
            t("student_submitted"),
          ]}
          rows={pages.items.map((one) => ({
            key: one.id,
            cells: [
              <Email of={one.email} />,
              <Badge tone={TONES[one.presence]}>{t(`presence_${one.presence}`)}</Badge>,
              one.name ?? t("none"),
              one.answered_section === undefined
                ? one.section
                : t("roster_elsewhere", { section: one.section, answered: one.answered_section }),
              one.submitted_at === undefined ? t("none") : words.time(one.submitted_at),
            ],
          }))}
        />
      )}
      <Pager pages={pages} />
    </section>
  );
}
