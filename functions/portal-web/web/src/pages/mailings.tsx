// What contacts write to students: all of it, a new one, and one with what became of it.

import { useState } from "preact/hooks";
import { useLocation, useRoute } from "preact-iso";
import { ifChanged, ok } from "../api/client";
import type { Cohort, Mailing, MailingRequest, MailingStatus } from "../api/types";
import { useWords } from "../i18n/words";
import { Discard } from "../mailings/discard";
import { audienceWords, KINDS } from "../mailings/draft";
import { Editor, isLeft } from "../mailings/editor";
import { Preview } from "../mailings/preview";
import { mayAct, useSigned } from "../parts/context";
import { both, useLive, useLoad, usePages } from "../parts/load";
import { Mails, nextLook } from "../parts/mails";
import {
  Back,
  Badge,
  Confirm,
  Fact,
  Facts,
  Heading,
  Link,
  Pager,
  Ready,
  Table,
  type Tone,
} from "../parts/parts";
import { BASE } from "../session/session";

const MAILINGS = "/api/cohorts/{cohort}/mailings";
const MAILING = `${MAILINGS}/{mailing}` as const;

const TONES: Record<MailingStatus, Tone> = {
  draft: "plain",
  sending: "busy",
  sent: "good",
  stopped: "bad",
};

/** How long a mailing may be on its way before a contact is offered to begin again. */
const STALLED = 15 * 60_000;

function useCohort() {
  const { api } = useSigned();
  const cohort = useRoute().params.cohort ?? "";
  return useLoad(
    () => ok(api.GET("/api/cohorts/{cohort}", { params: { path: { cohort } } })),
    [api, cohort],
  );
}

export function MailingsPage() {
  const words = useWords();
  const { t } = words;
  const { api, me } = useSigned();
  const [loaded, again] = useCohort();
  const cohort = useRoute().params.cohort ?? "";
  const pages = usePages(
    (cursor) =>
      ok(
        api.GET(MAILINGS, {
          params: { path: { cohort }, query: cursor === undefined ? {} : { cursor } },
        }),
      ),
    [api, cohort],
  );
  const none = pages.items.length === 0 && !pages.loading && pages.failure === undefined;
  return (
    <>
      <Back
        to={`/cohorts/${cohort}`}
        place={loaded.state === "ready" ? words.of(loaded.data.name) : t("cohort")}
      />
      <Heading title={t("mailings_title")} />
      <Ready of={loaded} again={again}>
        {(data) =>
          data.mail_agreed ? (
            mayAct(me) && data.archived_at === undefined ? (
              <p>
                <Link to={`/cohorts/${cohort}/new-mailing`}>{t("mailing_new")}</Link>
              </p>
            ) : null
          ) : (
            <p class="notice warn">{t("problem_mail-not-agreed")}</p>
          )
        }
      </Ready>
      {none && <p>{t("mailings_none")}</p>}
      {pages.items.length > 0 && (
        <section class="card">
          <Table
            caption={t("mailings_title")}
            columns={[
              t("mailing_subject"),
              t("mailing_to"),
              t("formation_status"),
              t("message_when"),
              t("mailing_mails"),
            ]}
            rows={pages.items.map((mailing) => ({
              key: mailing.id,
              cells: [
                <Link to={`/cohorts/${cohort}/mailings/${mailing.id}`}>
                  {mailing.subject || t("mailing_text_gone")}
                </Link>,
                audienceWords(words, mailing.audience),
                <Badge tone={TONES[mailing.status]}>{t(`mailing_status_${mailing.status}`)}</Badge>,
                words.time(mailing.sent_at ?? mailing.changed_at),
                words.number(mailing.recipients),
              ],
            }))}
          />
        </section>
      )}
      <Pager pages={pages} />
    </>
  );
}

export function NewMailingPage() {
  const { t } = useWords();
  const { api, me } = useSigned();
  const { route } = useLocation();
  const [loaded, again] = useCohort();
  const { params, query } = useRoute();
  const cohort = params.cohort ?? "";
  const to = KINDS.find((kind) => kind === query.to);
  const save = (body: MailingRequest, _: number, key: string) => {
    const params = { path: { cohort }, header: { "Idempotency-Key": key } };
    return ok(api.POST(MAILINGS, { params, body }));
  };
  return (
    <>
      <Back to={`/cohorts/${cohort}/mailings`} place={t("mailings_title")} />
      <Heading title={t("mailing_new")} />
      <Ready of={loaded} again={again}>
        {(data) =>
          mayAct(me) ? (
            <Editor
              key={to}
              cohort={data}
              mailing={undefined}
              save={save}
              saved={(mailing) => route(`${BASE}/cohorts/${cohort}/mailings/${mailing.id}`, true)}
              dirty={() => {}}
              {...(to === undefined ? {} : { to })}
            />
          ) : (
            <p>{t("settings_not_yours")}</p>
          )
        }
      </Ready>
    </>
  );
}

export function MailingPage() {
  const { t } = useWords();
  const { api } = useSigned();
  const { cohort = "", mailing = "" } = useRoute().params;
  const [named, againNamed] = useCohort();
  const [loaded, again] = useLoad(
    () => ok(api.GET(MAILING, { params: { path: { cohort, mailing } } })),
    [api, cohort, mailing],
  );
  const [changed, setChanged] = useState<Mailing>();
  const reload = () => {
    setChanged(undefined);
    againNamed();
    again();
  };
  return (
    <>
      <Back to={`/cohorts/${cohort}/mailings`} place={t("mailings_title")} />
      <Ready of={both(named, loaded)} again={reload} heads>
        {([data, read]) => {
          const now = changed?.id === read.id ? changed : read;
          return (
            <>
              <Heading title={now.subject || t("mailing_text_gone")}>
                <p>
                  <Badge tone={TONES[now.status]}>{t(`mailing_status_${now.status}`)}</Badge>
                </p>
              </Heading>
              {now.status === "draft" ? (
                <Drafting cohort={data} mailing={now} changed={setChanged} reload={reload} />
              ) : (
                <Sent cohort={data} mailing={now} changed={setChanged} reload={reload} />
              )}
            </>
          );
        }}
      </Ready>
    </>
  );
}

interface Shown {
  cohort: Cohort;
  mailing: Mailing;
  changed: (to: Mailing) => void;
  reload: () => void;
}

function Drafting({ cohort, mailing, changed, reload }: Shown) {
  const { t } = useWords();
  const { api, me } = useSigned();
  const [dirty, setDirty] = useState(() => isLeft(cohort.id, mailing.id));
  const path = { cohort: cohort.id, mailing: mailing.id };
  if (!mayAct(me)) return <p>{t("settings_not_yours")}</p>;
  return (
    <>
      <Editor
        key={mailing.version}
        cohort={cohort}
        mailing={mailing}
        save={(body, seen) => {
          const header = { "If-Match": `"${seen}"` };
          return ok(api.PUT(MAILING, { params: { path, header }, body }));
        }}
        saved={changed}
        reload={reload}
        dirty={setDirty}
      />
      {dirty ? (
        <p class="card">{t("preview_save_first")}</p>
      ) : (
        <Preview cohort={cohort.id} mailing={mailing} sent={changed} />
      )}
      <Discard cohort={cohort.id} mailing={mailing} what="mailing_discard" />
    </>
  );
}

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

function Sent({ cohort, mailing, changed, reload }: Shown) {
  const words = useWords();
  const { t } = words;
  const { api, me } = useSigned();
  const path = { cohort: cohort.id, mailing: mailing.id };
  const [asking, setAsking] = useState(false);
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
  const goOn = async () => {
    const header = { "If-Match": `"${mailing.version}"`, "Idempotency-Key": key };
    changed(await ok(api.POST(`${MAILING}/send`, { params: { path, header } })));
  };
  return (
    <>
      <section class="card" aria-labelledby="sent">
        <h2 id="sent">{t("mailing_sent_title")}</h2>
        <Facts>
          <Fact name={t("mailing_to")}>{audienceWords(words, mailing.audience)}</Fact>
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
              {t(`mailing_told_${counts.status}`, { n: words.number(counts.total) })}
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
            {mayAct(me) && (stands || canGoOn(cohort, mailing)) && (
              <p>
                <button type="button" class="main" onClick={() => setAsking(true)}>
                  {t("mailing_go_on")}
                </button>
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
      {asking && (
        <Confirm
          title={t("mailing_go_on")}
          action={t("mailing_go_on")}
          act={goOn}
          done={() => setAsking(false)}
          cancel={() => setAsking(false)}
        >
          <p>{t("mailing_go_on_text")}</p>
        </Confirm>
      )}
    </>
  );
}
