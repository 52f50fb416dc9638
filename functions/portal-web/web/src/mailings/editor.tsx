// Writing to students: to whom, and what. What is entered stays whatever happens: when somebody else changed the
// same draft, when the session ends, and when one looks at another page in between.

import { useState } from "preact/hooks";
import { asFailure, type Failure } from "../api/failure";
import type { Cohort, Mailing, MailingRequest } from "../api/types";
import { useWords } from "../i18n/words";
import { useLeaving } from "../parts/leaving";
import { Wrong } from "../parts/parts";
import { type Fault, faultsOf } from "../settings/faults";
import { Setting, Text } from "../settings/fields";
import { AskingToEvaluate } from "./asking";
import {
  type Draft,
  draftOf,
  isEmpty,
  isReady,
  isSilent,
  KINDS,
  readyTexts,
  requestOf,
  type Written,
} from "./draft";
import { Reminding } from "./reminder";

/** What was being written when the page was left, and from which version; in this tab's memory alone. */
const left = new Map<string, { draft: Draft; version: number; key: string }>();

const placeOf = (cohort: string, mailing: string | undefined) => `${cohort} ${mailing ?? "new"}`;

/** Whether something was being written of the mailing that is not saved. */
export const isLeft = (cohort: string, mailing: string) => left.has(placeOf(cohort, mailing));

export function Editor({
  cohort,
  mailing,
  save,
  saved,
  reload,
  dirty,
  to,
}: {
  cohort: Cohort;
  /** The draft; none for a new one. */
  mailing: Mailing | undefined;
  /** Saves a change of the version that was seen, or something new under its key. */
  save: (request: MailingRequest, seen: number, key: string) => Promise<Mailing>;
  saved: (mailing: Mailing) => void;
  /** Shows what somebody else made of it. */
  reload?: () => void;
  /** Told when what is entered is not what is saved, and when it is again. */
  dirty: (changed: boolean) => void;
  /** To whom something new is to go at first. */
  to?: Draft["to"];
}) {
  const { t } = useWords();
  const place = placeOf(cohort.id, mailing?.id);
  const [kept] = useState(() => left.get(place));
  const [draft, setDraft] = useState(() => kept?.draft ?? draftOf(mailing, cohort, to));
  const [ready, setReady] = useState<MailingRequest["texts"]>();
  const [seen, setSeen] = useState(() => kept?.version ?? mailing?.version ?? 0);
  const [key, setKey] = useState(() => kept?.key ?? crypto.randomUUID());
  const [changed, setChanged] = useState(kept !== undefined);
  const [faults, setFaults] = useState<readonly Fault[]>([]);
  const [failure, setFailure] = useState<Failure>();
  const [busy, setBusy] = useState(false);
  useLeaving(changed);
  const set = (more: Partial<Draft>) => {
    const next = { ...draft, ...more };
    setDraft(next);
    setChanged(true);
    dirty(true);
    left.set(place, { draft: next, version: seen, key });
  };
  // The text that stands ready is nobody's work: it comes and goes with the choice and keeps nobody on the page.
  const fill = (texts: MailingRequest["texts"]) => {
    setReady(texts);
    setDraft((now) => (isEmpty(now) ? { ...now, ...readyTexts(texts) } : now));
  };
  const choose = (more: Partial<Draft>) => {
    const leaves = isSilent(draft.to) && more.to !== undefined && more.to !== draft.to;
    const untouched = ready !== undefined && isReady(draft, ready);
    set(leaves && untouched ? { ...more, ...readyTexts({}) } : more);
  };
  const clean = () => {
    left.delete(place);
    setChanged(false);
    dirty(false);
  };
  const submit = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setFailure(undefined);
    setFaults([]);
    try {
      const now = await save(requestOf(draft, cohort), seen, key);
      setDraft(draftOf(now, cohort));
      clean();
      saved(now);
    } catch (error) {
      const failed = asFailure(error);
      const found = faultsOf(failed);
      setFaults(found);
      if (found.length === 0) setFailure(failed);
      // What was saved under the key is another text: this one gets a key of its own.
      if (failed.kind === "key-used") {
        const key = crypto.randomUUID();
        setKey(key);
        left.set(place, { draft, version: seen, key });
      }
    } finally {
      setBusy(false);
    }
  };
  const languages = cohort.language === "da" ? (["da", "en"] as const) : (["en", "da"] as const);
  return (
    <form class="card" onSubmit={submit} aria-labelledby="write" noValidate>
      <h2 id="write">{t("mailing_write")}</h2>
      <Recipients cohort={cohort} draft={draft} faults={faults} set={choose} fill={fill} />
      {languages.map((language) => (
        <Words
          key={language}
          language={language}
          needed={language === cohort.language}
          written={draft[language]}
          faults={faults}
          set={(more) => set({ [language]: { ...draft[language], ...more } })}
        />
      ))}
      <p class="quiet">{t("mailing_rules")}</p>
      {faults.length > 0 && (
        <p class="notice wrong" role="alert">
          {t("mailing_faults")}
        </p>
      )}
      {failure !== undefined && failure.kind !== "stale" && <Wrong failure={failure} />}
      {failure?.kind === "stale" && reload !== undefined && (
        <Both
          theirs={() => {
            clean();
            reload();
          }}
          mine={() => {
            const version = failure.problem?.version ?? seen;
            setSeen(version);
            setFailure(undefined);
            left.set(place, { draft, version, key });
            reload();
          }}
        />
      )}
      <div class="actions start">
        <button type="submit" class="main" disabled={busy || (mailing !== undefined && !changed)}>
          {t("mailing_save")}
        </button>
      </div>
    </form>
  );
}

/** Of two who wrote at once, the second decides, and knows it. */
function Both({ theirs, mine }: { theirs: () => void; mine: () => void }) {
  const { t } = useWords();
  return (
    <div class="notice warn" role="alert">
      <p>
        <strong>{t("mailing_both")}</strong>
      </p>
      <p>{t("mailing_both_text")}</p>
      <div class="actions start">
        <button type="button" onClick={mine}>
          {t("mailing_mine")}
        </button>
        <button type="button" onClick={theirs}>
          {t("settings_take")}
        </button>
      </div>
    </div>
  );
}

function Recipients({
  cohort,
  draft,
  faults,
  set,
  fill,
}: {
  cohort: Cohort;
  draft: Draft;
  faults: readonly Fault[];
  set: (more: Partial<Draft>) => void;
  fill: (texts: MailingRequest["texts"]) => void;
}) {
  const { t } = useWords();
  const kinds = KINDS.filter(
    (kind) => kind !== "group" || cohort.published_formation !== undefined,
  );
  return (
    <>
      <fieldset class="choices">
        <legend>{t("mailing_to")}</legend>
        {kinds.map((kind) => (
          <label key={kind}>
            <input
              type="radio"
              name="to"
              checked={draft.to === kind}
              onChange={() => set({ to: kind })}
            />
            <span>{t(`mailing_to_${kind}`)}</span>
          </label>
        ))}
      </fieldset>
      {draft.to === "not_answered" && (
        <Reminding cohort={cohort} draft={draft} faults={faults} set={set} fill={fill} />
      )}
      {draft.to === "not_evaluated" && (
        <AskingToEvaluate cohort={cohort} draft={draft} faults={faults} set={set} fill={fill} />
      )}
      {(draft.to === "section" || draft.to === "group") && (
        <div class="filters">
          <Setting place="/audience/section" label={t("section")} faults={faults}>
            {(attributes) => (
              <select
                {...attributes}
                value={draft.section}
                onChange={(event) => set({ section: event.currentTarget.value })}
              >
                {cohort.responses.sections.map(({ section }) => (
                  <option key={section} value={section}>
                    {section}
                  </option>
                ))}
              </select>
            )}
          </Setting>
          {draft.to === "group" && (
            <Setting place="/audience/group" label={t("group")} faults={faults}>
              {(attributes) => (
                <input
                  {...attributes}
                  type="number"
                  min={1}
                  value={draft.group}
                  onInput={(event) => set({ group: event.currentTarget.value })}
                />
              )}
            </Setting>
          )}
        </div>
      )}
    </>
  );
}

function Words({
  language,
  needed,
  written,
  faults,
  set,
}: {
  language: "da" | "en";
  needed: boolean;
  written: Written;
  faults: readonly Fault[];
  set: (more: Partial<Written>) => void;
}) {
  const { t } = useWords();
  const place = `/texts/${language}`;
  return (
    <fieldset class="written">
      <legend>
        {t(`mailing_in_${language}`)} {needed ? "" : t("mailing_optional")}
      </legend>
      <Text
        place={`${place}/subject`}
        label={t("mailing_subject")}
        faults={faults}
        value={written.subject}
        set={(subject) => set({ subject })}
      />
      <Setting place={`${place}/body`} label={t("mailing_body")} faults={faults}>
        {(attributes) => (
          <textarea
            {...attributes}
            rows={8}
            lang={language}
            value={written.body}
            onInput={(event) => set({ body: event.currentTarget.value })}
          />
        )}
      </Setting>
    </fieldset>
  );
}
