// Setting up a cohort and changing its settings. What is entered stays whatever happens: when somebody else changed
// the same settings, when the session ends, when the network is gone, and when one looks at another page in between.

import { useState } from "preact/hooks";
import { useLocation, useRoute } from "preact-iso";
import { ok } from "../api/client";
import { asFailure, type Failure, failureOf } from "../api/failure";
import type { CohortSettings, Settings } from "../api/types";
import { useWords } from "../i18n/words";
import { mayAct, useSigned } from "../parts/context";
import { useLeaving } from "../parts/leaving";
import { useLoad } from "../parts/load";
import { Back, Confirm, Done, Field, Heading, Ready, Wrong } from "../parts/parts";
import { BASE } from "../session/session";
import { blank, type Draft, differing, draftOf, merged, settingsOf } from "../settings/draft";
import { type Fault, faultsOf } from "../settings/faults";
import { Form, type PartName, Summary } from "../settings/form";

/** What was being edited when the page was left, in this tab's memory alone. */
const left = new Map<
  string,
  { draft: Draft; base: CohortSettings; version: number; key: string }
>();

export function NewCohortPage() {
  const { t } = useWords();
  const { api, me } = useSigned();
  const [pages, again] = useLoad(
    () => ok(api.GET("/api/cohorts", { params: { query: { limit: 200 } } })),
    [api],
  );
  const [pattern, setPattern] = useState("");
  const begin = blank(me.institution.forms[0] ?? "");
  return (
    <>
      <Back to="" place={t("cohorts_title")} />
      <Heading title={t("settings_new")} />
      {mayAct(me) ? (
        <Ready of={pages} again={again}>
          {({ items }) => (
            <>
              <Patterns cohorts={items} chosen={pattern} choose={setPattern} />
              {pattern === "" ? (
                <Editor key="" cohort={undefined} base={begin} version={0} stays={false} />
              ) : (
                <Copy key={pattern} from={pattern} begin={begin} />
              )}
            </>
          )}
        </Ready>
      ) : (
        <p>{t("settings_not_yours")}</p>
      )}
    </>
  );
}

/** Most cohorts are like the last one. */
function Patterns({
  cohorts,
  chosen,
  choose,
}: {
  cohorts: { id: string; name: { da: string; en: string } }[];
  chosen: string;
  choose: (cohort: string) => void;
}) {
  const words = useWords();
  const { t } = words;
  if (cohorts.length === 0) return null;
  return (
    <section class="card">
      <Field label={t("settings_pattern")} hint={t("settings_pattern_hint")}>
        {(attributes) => (
          <select
            {...attributes}
            value={chosen}
            onChange={(event) => choose(event.currentTarget.value)}
          >
            <option value="">{t("settings_pattern_none")}</option>
            {cohorts.map((cohort) => (
              <option key={cohort.id} value={cohort.id}>
                {words.of(cohort.name)}
              </option>
            ))}
          </select>
        )}
      </Field>
    </section>
  );
}

function Copy({ from, begin }: { from: string; begin: CohortSettings }) {
  const { api } = useSigned();
  const [loaded, again] = useLoad(() => ok(settingsAt(api, from)), [api, from]);
  return (
    <Ready of={loaded} again={again}>
      {({ settings }) => (
        <Editor
          cohort={undefined}
          base={{ ...copied(settings), form: begin.form, deadline: "" }}
          version={0}
          stays={false}
        />
      )}
    </Ready>
  );
}

/** Settings for another cohort: without rules about the students of this one, and without its evaluation, whose form
 * belongs to it. */
export function copied(settings: CohortSettings): CohortSettings {
  const criteria = settings.criteria.filter(
    ({ rule }) => rule.apart === undefined && rule.together === undefined,
  );
  const { evaluation: _, ...others } = settings;
  return { ...others, criteria };
}

export function SettingsPage() {
  const words = useWords();
  const { t } = words;
  const { api } = useSigned();
  const cohort = useRoute().params.cohort ?? "";
  const [loaded, again] = useLoad(() => ok(settingsAt(api, cohort)), [api, cohort]);
  const [saved, setSaved] = useState<{ settings: Settings; how: "saved" | "archived" | "back" }>();
  return (
    <>
      <Back
        to={`/cohorts/${cohort}`}
        place={loaded.state === "ready" ? words.of(loaded.data.settings.name) : t("cohort")}
      />
      <Heading title={t("settings_title")} />
      <Done text={saved === undefined ? undefined : t(`settings_${saved.how}`)} />
      <Ready of={loaded} again={again}>
        {(read) => {
          const now = saved?.settings ?? read;
          return (
            <>
              {now.archived_at === undefined ? (
                <Editor
                  key={now.version}
                  cohort={cohort}
                  base={now.settings}
                  version={now.version}
                  stays={now.deadline_stays}
                  saved={(settings) => setSaved({ settings, how: "saved" })}
                />
              ) : (
                <p class="card">
                  {t("settings_is_archived", { when: words.time(now.archived_at) })}
                </p>
              )}
              <Archive cohort={cohort} now={now} changed={setSaved} />
            </>
          );
        }}
      </Ready>
    </>
  );
}

const settingsAt = (api: ReturnType<typeof useSigned>["api"], cohort: string) =>
  api.GET("/api/cohorts/{cohort}/settings", { params: { path: { cohort } } });

function Archive({
  cohort,
  now,
  changed,
}: {
  cohort: string;
  now: Settings;
  changed: (to: { settings: Settings; how: "archived" | "back" }) => void;
}) {
  const words = useWords();
  const { t } = words;
  const { api } = useSigned();
  const [asking, setAsking] = useState(false);
  const away = now.archived_at === undefined;
  const word = away ? "archive" : "unarchive";
  const act = async () => {
    const address = "/api/cohorts/{cohort}/archive";
    const params = { path: { cohort }, header: { "If-Match": `"${now.version}"` } };
    const call = away ? api.PUT(address, { params }) : api.DELETE(address, { params });
    changed({ settings: await ok(call), how: away ? "archived" : "back" });
  };
  return (
    <section class="card" aria-labelledby="archive">
      <h2 id="archive">{t(`settings_${word}`)}</h2>
      <p>{t(`settings_${word}_text`, { date: words.day(now.delete_on) })}</p>
      <button type="button" onClick={() => setAsking(true)}>
        {t(`settings_${word}`)}
      </button>
      {asking && (
        <Confirm
          title={t(`settings_${word}_title`)}
          action={t(`settings_${word}`)}
          act={act}
          done={() => setAsking(false)}
          cancel={() => setAsking(false)}
        >
          <p>{t(`settings_${word}_text`, { date: words.day(now.delete_on) })}</p>
        </Confirm>
      )}
    </section>
  );
}

function Editor({
  cohort,
  base,
  version,
  stays,
  saved,
}: {
  /** The cohort whose settings they are; none for a new one. */
  cohort: string | undefined;
  base: CohortSettings;
  version: number;
  stays: boolean;
  saved?: (settings: Settings) => void;
}) {
  const { t, language } = useWords();
  const { api } = useSigned();
  const { route } = useLocation();
  const place = cohort ?? "new";
  const [kept] = useState(() => left.get(place));
  const [from, setFrom] = useState(() => kept?.base ?? base);
  const [seen, setSeen] = useState(() => kept?.version ?? version);
  const [draft, setDraft] = useState(() => kept?.draft ?? draftOf(base, language));
  const [key, setKey] = useState(() => kept?.key ?? crypto.randomUUID());
  const [changed, setChanged] = useState(kept !== undefined);
  const [faults, setFaults] = useState<readonly Fault[]>([]);
  const [failure, setFailure] = useState<Failure>();
  const [theirs, setTheirs] = useState<Settings>();
  const [busy, setBusy] = useState(false);
  useLeaving(changed);
  const set = (more: Partial<Draft>) => {
    const next = { ...draft, ...more };
    setDraft(next);
    setChanged(true);
    left.set(place, { draft: next, base: from, version: seen, key });
  };
  // What comes next is another cohort to the API.
  const forget = () => {
    left.delete(place);
    setKey(crypto.randomUUID());
  };
  const restart = (
    settings: CohortSettings,
    on: CohortSettings,
    version: number,
    dirty: boolean,
  ) => {
    const next = draftOf(settings, language);
    setDraft(next);
    setFrom(on);
    setSeen(version);
    setTheirs(undefined);
    setFailure(undefined);
    setFaults([]);
    setChanged(dirty);
    if (dirty) left.set(place, { draft: next, base: on, version, key });
    else forget();
  };
  const refuse = (found: readonly Fault[], failed?: Failure) => {
    setFaults(found);
    setFailure(found.length > 0 ? undefined : failed);
    if (found.length > 0) setTimeout(() => document.getElementById("faults")?.focus());
  };
  const save = async (event: Event) => {
    event.preventDefault();
    const { settings: body, faults: unreadable } = settingsOf(draft);
    if (unreadable.length > 0) return refuse(unreadable);
    setBusy(true);
    setFailure(undefined);
    setFaults([]);
    try {
      if (cohort === undefined) {
        const header = { "Idempotency-Key": key };
        const made = await ok(api.POST("/api/cohorts", { params: { header }, body }));
        left.delete(place);
        setChanged(false);
        route(`${BASE}/cohorts/${made.cohort}`);
        return;
      }
      const params = { path: { cohort }, header: { "If-Match": `"${seen}"` } };
      const answer = await api.PUT("/api/cohorts/{cohort}/settings", { params, body });
      if (answer.data === undefined) throw failureOf(answer.response, answer.error);
      left.delete(place);
      setChanged(false);
      saved?.(answer.data);
    } catch (error) {
      const failed = asFailure(error);
      refuse(faultsOf(failed), failed);
      if (failed.kind === "key-used") {
        const key = crypto.randomUUID();
        setKey(key);
        left.set(place, { draft, base: from, version: seen, key });
      }
      if (failed.kind === "stale" && cohort !== undefined) {
        const now = await ok(settingsAt(api, cohort)).catch(() => undefined);
        // The answer to an earlier try was lost, and what is there is what was sent.
        if (now !== undefined && differing(body, now.settings).length === 0) {
          left.delete(place);
          setChanged(false);
          saved?.(now);
        } else {
          setTheirs(now);
        }
      }
    } finally {
      setBusy(false);
    }
  };
  const mine = () => settingsOf(draft).settings;
  return (
    <form onSubmit={save} noValidate>
      {kept !== undefined && changed && (
        <p class="notice" role="status">
          {t("settings_kept")}{" "}
          <button type="button" class="small" onClick={() => restart(base, base, version, false)}>
            {t("settings_discard")}
          </button>
        </p>
      )}
      <Form draft={draft} faults={faults} set={set} deadlineStays={stays} cohort={cohort} />
      <Summary faults={faults} />
      {theirs !== undefined && (
        <Both
          changed={differing(from, theirs.settings) as PartName[]}
          merge={() => restart(merged(from, mine(), theirs), theirs.settings, theirs.version, true)}
          take={() => restart(theirs.settings, theirs.settings, theirs.version, false)}
        />
      )}
      {failure !== undefined && theirs === undefined && <Wrong failure={failure} />}
      <div class="actions start">
        <button type="submit" class="main" disabled={busy}>
          {t(cohort === undefined ? "settings_create" : "settings_save")}
        </button>
      </div>
    </form>
  );
}

/** Somebody else was quicker: what they changed, and both ways out. */
function Both({
  changed,
  merge,
  take,
}: {
  changed: PartName[];
  merge: () => void;
  take: () => void;
}) {
  const { t } = useWords();
  return (
    <div class="notice wrong" role="alert">
      <p>
        <strong>{t("settings_both")}</strong>
      </p>
      <p>
        {t("settings_both_text", { parts: changed.map((part) => t(`part_${part}`)).join(", ") })}
      </p>
      <div class="actions start">
        <button type="button" class="main" onClick={merge}>
          {t("settings_merge")}
        </button>
        <button type="button" onClick={take}>
          {t("settings_take")}
        </button>
      </div>
    </div>
  );
}
