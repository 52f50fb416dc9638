// A mailing that was confirmed: what became of it, and what is done when it stopped.

import { useState } from "preact/hooks";
import { ifChanged, ok } from "../api/client";
import type { Cohort, Mailing } from "../api/types";
import { useWords } from "../i18n/words";
import { mayAct, useSigned } from "../parts/context";
import { useLive } from "../parts/load";
import { Mails, nextLook } from "../parts/mails";
import { Confirm, Fact, Facts, Link, Ready } from "../parts/parts";
import { Discard } from "./discard";
import { audienceWords } from "./draft";
import { unlessStale } from "./planning";

const MAILING = "/api/cohorts/{cohort}/mailings/{mailing}";

/** How long a mailing may be on its way before a contact is offered to begin again, or to close it. */
const STALLED = 15 * 60_000;

const REASONS = [
  "mail_not_agreed",
  "superseded",
  "deadline_passed",
  "no_evaluation",
  "not_published",
  "internal",
] as const;

/** Why a mailing stopped, in words. */
function stoppedKey(word: string | undefined) {
  const known = REASONS.find((one) => one === word);
  return `mailing_stopped_${known ?? "internal"}` as const;
}

/**
 * Whether a mailing that stopped can go on: not to groups that others replaced, not without an agreement, and not to
 * those who can no longer answer in time or are in no published group.
 */
function canGoOn(cohort: Cohort, { status, failure, audience }: Mailing): boolean {
  return (
    status === "stopped" &&
    failure !== "superseded" &&
    (audience.to !== "not_answered" || Date.now() < Date.parse(cohort.deadline)) &&
    (audience.to !== "not_evaluated" || cohort.published_formation !== undefined) &&
    cohort.mail_agreed &&
    cohort.archived_at === undefined
  );
}

export function Sent({
  cohort,
  mailing,
  changed,
  reload,
  overtaken,
}: {
  cohort: Cohort;
  mailing: Mailing;
  changed: (to: Mailing) => void;
  reload: () => void;
  /** Shows what the mailing is by now, and says that it is something else. */
  overtaken: () => void;
}) {
  const words = useWords();
  const { t } = words;
  const { api, me } = useSigned();
  const path = { cohort: cohort.id, mailing: mailing.id };
  const [asking, setAsking] = useState<"go_on" | "close">();
  const [key] = useState(() => crypto.randomUUID());
  const [progress, again] = useLive(
    (tag) =>
      ifChanged(
        api.GET(`${MAILING}/messages/summary`, {
          params: { path },
          headers: tag === undefined ? {} : { "If-None-Match": tag },
        }),
      ),
    [api, cohort.id, mailing.id, mailing.version],
    (counts) => (counts.status === "sending" ? 4 : nextLook(counts)),
  );
  // What stands still was not begun, or its machine is gone; beginning again sends nothing twice.
  const stands =
    progress.state === "ready" &&
    progress.data.status === "sending" &&
    Date.now() - Date.parse(mailing.changed_at) > STALLED;
  const seen = { "If-Match": `"${mailing.version}"` };
  const goOn = unlessStale(overtaken, async () => {
    const header = { ...seen, "Idempotency-Key": key };
    changed(await ok(api.POST(`${MAILING}/send`, { params: { path, header } })));
  });
  const close = unlessStale(overtaken, async () => {
    changed(await ok(api.POST(`${MAILING}/close`, { params: { path, header: seen } })));
  });
  return (
    <>
      <section class="card" aria-labelledby="sent">
        <h2 id="sent">{t("mailing_sent_title")}</h2>
        <Facts>
          <Fact name={t("mailing_to")}>{audienceWords(words, mailing.audience)}</Fact>
          {mailing.plan !== undefined && (
            <Fact name={t("mailing_planned_for")}>{words.time(mailing.plan.at)}</Fact>
          )}
          {mailing.sent_at !== undefined && (
            <Fact name={t("mailing_sent_at")}>{words.time(mailing.sent_at)}</Fact>
          )}
        </Facts>
        {(["da", "en"] as const).map((language) => {
          const text = mailing.texts?.[language];
          return text === undefined ? null : (
            <details key={language}>
              <summary>
                {t(`mailing_in_${language}`)}: <span lang={language}>{text.subject}</span>
              </summary>
              <p class="as-written" lang={language}>
                {text.body}
              </p>
            </details>
          );
        })}
      </section>
      <Ready of={progress} again={again}>
        {(counts) => (
          <>
            <p role="status">
              {counts.status === "draft" || counts.status === "planned"
                ? t(`mailing_told_${counts.status}`)
                : words.n(`mailing_told_${counts.status}`, counts.total)}
              {counts.left_out > 0 && ` ${words.n("mailing_left_out", counts.left_out)}`}
            </p>
            {mailing.status === "stopped" && (
              <p class="notice warn">{t(stoppedKey(mailing.failure))}</p>
            )}
            {counts.status === "stopped" && mailing.status !== "stopped" && (
              <p>
                <button type="button" onClick={reload}>
                  {t("retry")}
                </button>
              </p>
            )}
            {mayAct(me) && (stands || mailing.status === "stopped") && (
              <div class="actions start">
                {(stands || canGoOn(cohort, mailing)) && (
                  <button type="button" class="main" onClick={() => setAsking("go_on")}>
                    {t("mailing_go_on")}
                  </button>
                )}
                <button type="button" onClick={() => setAsking("close")}>
                  {t("mailing_close")}
                </button>
              </div>
            )}
            {mayAct(me) && mailing.status === "closed" && cohort.archived_at === undefined && (
              <p>
                <Link to={`/cohorts/${cohort.id}/new-mailing?to=${mailing.audience.to}`}>
                  {t("mailing_follow")}
                </Link>
              </p>
            )}
            {mayAct(me) && mailing.status === "stopped" && counts.total === 0 && (
              <Discard cohort={cohort.id} mailing={mailing} what="mailing_discard_stopped" />
            )}
            <p class="quiet">{t("students_logged")}</p>
            <Mails
              cohort={cohort.id}
              title={t("mailing_mails")}
              counts={counts}
              load={(query) => ok(api.GET(`${MAILING}/messages`, { params: { path, query } }))}
              keys={[api, cohort.id, mailing.id]}
              grouped={false}
              resends={again}
            />
          </>
        )}
      </Ready>
      {asking !== undefined && (
        <Confirm
          title={t(asking === "close" ? "mailing_close_title" : "mailing_go_on")}
          action={t(`mailing_${asking}`)}
          danger={asking === "close"}
          act={asking === "close" ? close : goOn}
          done={() => setAsking(undefined)}
          cancel={() => setAsking(undefined)}
        >
          <p>{t(`mailing_${asking}_text`)}</p>
        </Confirm>
      )}
    </>
  );
}
