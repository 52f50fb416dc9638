// What contacts write to students: all of it, a new one, and one with what became of it.

import { useState } from "preact/hooks";
import { useLocation, useRoute } from "preact-iso";
import { ok } from "../api/client";
import type { Cohort, Mailing, MailingRequest, MailingStatus } from "../api/types";
import { useWords } from "../i18n/words";
import { Discard } from "../mailings/discard";
import { audienceWords, KINDS } from "../mailings/draft";
import { Editor, isLeft } from "../mailings/editor";
import { MissedNotice, PlanNotice } from "../mailings/planning";
import { Preview } from "../mailings/preview";
import { Sent } from "../mailings/sent";
import { mayAct, useSigned } from "../parts/context";
import { both, useLoad, usePages } from "../parts/load";
import { Back, Badge, Heading, Link, Pager, Ready, Table, type Tone } from "../parts/parts";
import { BASE } from "../session/session";

const MAILINGS = "/api/cohorts/{cohort}/mailings";
const MAILING = `${MAILINGS}/{mailing}` as const;

const TONES: Record<MailingStatus, Tone> = {
  draft: "plain",
  planned: "busy",
  sending: "busy",
  sent: "good",
  stopped: "bad",
  closed: "plain",
};

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
              t("mailing_number"),
            ]}
            rows={pages.items.map((mailing) => ({
              key: mailing.id,
              cells: [
                <Link to={`/cohorts/${cohort}/mailings/${mailing.id}`}>
                  {mailing.subject || t("mailing_text_gone")}
                </Link>,
                audienceWords(words, mailing.audience),
                <Badge tone={TONES[mailing.status]}>{t(`mailing_status_${mailing.status}`)}</Badge>,
                mailing.status === "planned" && mailing.plan !== undefined
                  ? t("mailing_goes", { when: words.time(mailing.plan.at) })
                  : words.time(mailing.sent_at ?? mailing.changed_at),
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
  const [moved, setMoved] = useState(false);
  const reload = () => {
    setChanged(undefined);
    againNamed();
    again();
  };
  const change = (to: Mailing) => {
    setMoved(false);
    setChanged(to);
  };
  const overtaken = () => {
    setMoved(true);
    reload();
  };
  return (
    <>
      <Back to={`/cohorts/${cohort}/mailings`} place={t("mailings_title")} />
      <div role="status">{moved && <p class="notice warn">{t("mailing_moved")}</p>}</div>
      <Ready of={both(named, loaded)} again={reload} heads>
        {([data, read]) => {
          const now = changed?.id === read.id ? changed : read;
          const shown = { cohort: data, mailing: now, changed: change, reload, overtaken };
          return (
            <>
              <Heading title={now.subject || t("mailing_text_gone")}>
                <p>
                  <Badge tone={TONES[now.status]}>{t(`mailing_status_${now.status}`)}</Badge>
                </p>
              </Heading>
              {now.status === "draft" || now.status === "planned" ? (
                <Drafting {...shown} />
              ) : (
                <Sent {...shown} />
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
  overtaken: () => void;
}

function Drafting({ cohort, mailing, changed, reload, overtaken }: Shown) {
  const { t } = useWords();
  const { api, me } = useSigned();
  const [dirty, setDirty] = useState(() => isLeft(cohort.id, mailing.id));
  const path = { cohort: cohort.id, mailing: mailing.id };
  const states = (
    <>
      <MissedNotice mailing={mailing} />
      <PlanNotice cohort={cohort} mailing={mailing} changed={changed} overtaken={overtaken} />
    </>
  );
  if (!mayAct(me)) {
    return (
      <>
        {states}
        <p>{t("settings_not_yours")}</p>
      </>
    );
  }
  return (
    <>
      {states}
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
        <Preview cohort={cohort} mailing={mailing} sent={changed} overtaken={overtaken} />
      )}
      <Discard
        cohort={cohort.id}
        mailing={mailing}
        what={mailing.status === "planned" ? "mailing_discard_stopped" : "mailing_discard"}
      />
    </>
  );
}
