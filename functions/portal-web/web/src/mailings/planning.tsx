// A mail that goes later: when it goes, taking that back, and why it did not go.

import { useState } from "preact/hooks";
import { ok } from "../api/client";
import { asFailure } from "../api/failure";
import type { Cohort, Mailing } from "../api/types";
import { useWords } from "../i18n/words";
import { mayAct, useSigned } from "../parts/context";
import { Confirm, Field } from "../parts/parts";
import { instant, localTime } from "../settings/draft";

const PLAN = "/api/cohorts/{cohort}/mailings/{mailing}/plan";

/** A step from what is seen; where somebody else, or the clock, was quicker, the page says so instead. */
export function unlessStale(overtaken: () => void, act: () => Promise<void>) {
  return async () => {
    try {
      await act();
    } catch (error) {
      if (asFailure(error).kind !== "stale") throw error;
      overtaken();
    }
  };
}

const MISSED = [
  "archived",
  "mail_not_agreed",
  "mail_language",
  "superseded",
  "deadline_passed",
  "deadline_moved",
  "no_evaluation",
  "not_published",
  "contact_left",
  "too_late",
] as const;

/** That a mail was planned and did not go, and why. */
export function MissedNotice({ mailing: { missed } }: { mailing: Mailing }) {
  const words = useWords();
  const { t } = words;
  if (missed === undefined) return null;
  const known = MISSED.find((one) => one === missed.reason);
  return (
    <div class="notice warn">
      <p>
        <strong>{t("mailing_missed", { when: words.time(missed.at) })}</strong>
      </p>
      {known !== undefined && <p>{t(`mailing_missed_${known}`)}</p>}
    </div>
  );
}

interface Planning {
  cohort: Cohort;
  mailing: Mailing;
  changed: (to: Mailing) => void;
  overtaken: () => void;
}

/** When a planned mail goes, with the way back. */
export function PlanNotice({ cohort, mailing, changed, overtaken }: Planning) {
  const words = useWords();
  const { t } = words;
  const { api, me } = useSigned();
  const [asking, setAsking] = useState(false);
  const { status, plan } = mailing;
  if (status !== "planned" || plan === undefined) return null;
  const takeBack = unlessStale(overtaken, async () => {
    const path = { cohort: cohort.id, mailing: mailing.id };
    const header = { "If-Match": `"${mailing.version}"` };
    changed(await ok(api.DELETE(PLAN, { params: { path, header } })));
  });
  return (
    <section class="card" aria-labelledby="planned">
      <h2 id="planned">{t("mailing_planned_title")}</h2>
      <p>{t("mailing_planned_text", { when: words.time(plan.at) })}</p>
      {mayAct(me) && (
        <>
          <p class="quiet">{t("mailing_planned_change")}</p>
          <div class="actions start">
            <button type="button" onClick={() => setAsking(true)}>
              {t("mailing_take_back")}
            </button>
          </div>
        </>
      )}
      {asking && (
        <Confirm
          title={t("mailing_take_back_title")}
          action={t("mailing_take_back")}
          act={takeBack}
          done={() => setAsking(false)}
          cancel={() => setAsking(false)}
        >
          <p>{t("mailing_take_back_text")}</p>
        </Confirm>
      )}
    </section>
  );
}

/** Asks when a mail is to go: the confirmation of one that goes later. */
export function Later({
  cohort,
  mailing,
  changed,
  overtaken,
  close,
  count,
}: Planning & {
  close: () => void;
  /** To whom it would go now. */
  count: string;
}) {
  const words = useWords();
  const { t } = words;
  const { api } = useSigned();
  const [[day, hour], setMoment] = useState(() => momentOf(mailing));
  const reminds = mailing.audience.to === "not_answered";
  const plan = unlessStale(overtaken, async () => {
    const path = { cohort: cohort.id, mailing: mailing.id };
    const header = { "If-Match": `"${mailing.version}"` };
    const at = instant(`${day}T${hour}`) ?? "";
    changed(await ok(api.PUT(PLAN, { params: { path, header }, body: { at } })));
  });
  return (
    <Confirm
      title={t("mailing_later_title")}
      action={t("mailing_later_action")}
      act={plan}
      done={close}
      cancel={close}
    >
      <p>{count}</p>
      <div class="filters">
        <Field label={t("mailing_later_date")}>
          {(attributes) => (
            <input
              {...attributes}
              type="date"
              required
              min={localTime(new Date().toISOString()).slice(0, 10)}
              value={day}
              onInput={(event) => setMoment([event.currentTarget.value, hour])}
            />
          )}
        </Field>
        <Field label={t("mailing_later_time")}>
          {(attributes) => (
            <input
              {...attributes}
              type="time"
              required
              value={hour}
              onInput={(event) => setMoment([day, event.currentTarget.value])}
            />
          )}
        </Field>
      </div>
      {reminds && (
        <p class="quiet">{t("mailing_later_deadline", { when: words.time(cohort.deadline) })}</p>
      )}
      <p>{t("mailing_later_text")}</p>
    </Confirm>
  );
}

/** The time that was planned, or else tomorrow morning, in Copenhagen. */
function momentOf({ plan }: Mailing): [string, string] {
  if (plan !== undefined) {
    const [day = "", hour = ""] = localTime(plan.at).split("T");
    return [day, hour];
  }
  return [localTime(new Date(Date.now() + 24 * 3_600_000).toISOString()).slice(0, 10), "08:00"];
}
