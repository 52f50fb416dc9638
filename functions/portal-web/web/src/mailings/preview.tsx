// A draft as students will see it, a trial to oneself, and the one confirmation by which it is sent.

import { useState } from "preact/hooks";
import { ok } from "../api/client";
import { asFailure, type Failure } from "../api/failure";
import type { Mailing, MailingPreview } from "../api/types";
import { useWords } from "../i18n/words";
import { useSigned } from "../parts/context";
import { useLoad } from "../parts/load";
import { Confirm, Done, Fact, Facts, Ready, Wrong } from "../parts/parts";
import { audienceWords } from "./draft";
import { Letter } from "./letter";

const MAILING = "/api/cohorts/{cohort}/mailings/{mailing}";

export function Preview({
  cohort,
  mailing,
  sent,
}: {
  cohort: string;
  mailing: Mailing;
  sent: (mailing: Mailing) => void;
}) {
  const words = useWords();
  const { t } = words;
  const { api } = useSigned();
  const path = { cohort, mailing: mailing.id };
  const [loaded, again] = useLoad(
    () => ok(api.GET(`${MAILING}/preview`, { params: { path } })),
    [api, cohort, mailing.id, mailing.version],
  );
  return (
    <section class="card" aria-labelledby="preview">
      <h2 id="preview">{t("preview_title")}</h2>
      <Ready of={loaded} again={again}>
        {(preview) => (
          <>
            <p>{t("preview_name")}</p>
            <Facts>
              <Fact name={t("preview_from")}>{preview.from}</Fact>
              <Fact name={t("preview_reply_to")}>
                <span class="address">{preview.reply_to}</span>
              </Fact>
              <Fact name={t("mailing_subject")}>{preview.subject}</Fact>
              <Fact name={t("mailing_to")}>
                {audienceWords(words, mailing.audience)}:{" "}
                {words.n("mailing_count", preview.recipients)}
              </Fact>
            </Facts>
            <Letter html={preview.html} label={t("preview_letter")} />
            <details>
              <summary>{t("preview_text")}</summary>
              <pre class="as-written">{preview.text}</pre>
            </details>
            <Sending cohort={cohort} mailing={mailing} preview={preview} sent={sent} />
          </>
        )}
      </Ready>
    </section>
  );
}

function Sending({
  cohort,
  mailing,
  preview,
  sent,
}: {
  cohort: string;
  mailing: Mailing;
  preview: MailingPreview;
  sent: (mailing: Mailing) => void;
}) {
  const words = useWords();
  const { t } = words;
  const { api } = useSigned();
  const [trial, setTrial] = useState<string>();
  const [trialKey, setTrialKey] = useState(() => crypto.randomUUID());
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const [asking, setAsking] = useState(false);
  // One per question: a repeated answer is the same confirmation.
  const [key] = useState(() => crypto.randomUUID());
  const path = { cohort, mailing: mailing.id };
  const attempt = async () => {
    setBusy(true);
    setFailure(undefined);
    try {
      const params = { path, header: { "Idempotency-Key": trialKey } };
      setTrial((await ok(api.POST(`${MAILING}/trial`, { params }))).to);
      setTrialKey(crypto.randomUUID());
    } catch (error) {
      setFailure(asFailure(error));
    } finally {
      setBusy(false);
    }
  };
  const send = async () => {
    // The version of the whole page: if somebody changed it between text and preview, the contact is told.
    const header = { "If-Match": `"${mailing.version}"`, "Idempotency-Key": key };
    sent(await ok(api.POST(`${MAILING}/send`, { params: { path, header } })));
  };
  const notSent = preview.suppressed + preview.left_out;
  return (
    <>
      <Done text={trial === undefined ? undefined : t("trial_done", { email: trial })} />
      {failure !== undefined && <Wrong failure={failure} />}
      {preview.recipients === 0 && <p class="notice warn">{t("mailing_nobody")}</p>}
      <div class="actions start">
        <button type="button" onClick={attempt} disabled={busy}>
          {t("trial")}
        </button>
        <button
          type="button"
          class="main"
          onClick={() => setAsking(true)}
          disabled={preview.recipients === 0}
        >
          {t("mailing_send")}
        </button>
      </div>
      {asking && (
        <Confirm
          title={t("mailing_send_title")}
          action={t("mailing_send")}
          act={send}
          done={() => setAsking(false)}
          cancel={() => setAsking(false)}
        >
          <p>
            {audienceWords(words, mailing.audience)}: {words.n("mailing_count", preview.recipients)}
          </p>
          {notSent > 0 && (
            <p>
              {t("mailing_not_to", {
                suppressed: words.number(preview.suppressed),
                left_out: words.number(preview.left_out),
              })}
            </p>
          )}
          <p>{t("mailing_send_text")}</p>
        </Confirm>
      )}
    </>
  );
}
