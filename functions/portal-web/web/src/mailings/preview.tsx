// A draft as students will see it, a trial to oneself, and the one confirmation by which it is sent, now or later.

import { useState } from "preact/hooks";
import { ok } from "../api/client";
import { asFailure, type Failure } from "../api/failure";
import type { Cohort, Mailing, MailingPreview } from "../api/types";
import { useWords } from "../i18n/words";
import { useSigned } from "../parts/context";
import { useLoad } from "../parts/load";
import { Confirm, Done, Fact, Facts, Ready, Wrong } from "../parts/parts";
import { audienceWords } from "./draft";
import { Letter } from "./letter";
import { Later, unlessStale } from "./planning";

const MAILING = "/api/cohorts/{cohort}/mailings/{mailing}";

interface Seen {
  cohort: Cohort;
  mailing: Mailing;
  sent: (mailing: Mailing) => void;
  /** Shows what the mailing is by now, and says that it is something else. */
  overtaken: () => void;
}

export function Preview({ cohort, mailing, sent, overtaken }: Seen) {
  const words = useWords();
  const { t } = words;
  const { api } = useSigned();
  const path = { cohort: cohort.id, mailing: mailing.id };
  const [loaded, again] = useLoad(
    () => ok(api.GET(`${MAILING}/preview`, { params: { path } })),
    [api, cohort.id, mailing.id, mailing.version],
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
            <Sending
              cohort={cohort}
              mailing={mailing}
              preview={preview}
              sent={sent}
              overtaken={overtaken}
            />
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
  overtaken,
}: Seen & { preview: MailingPreview }) {
  const words = useWords();
  const { t } = words;
  const { api } = useSigned();
  const [trial, setTrial] = useState<string>();
  const [trialKey, setTrialKey] = useState(() => crypto.randomUUID());
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const [asking, setAsking] = useState<"now" | "later">();
  // One per question: a repeated answer is the same confirmation.
  const [key] = useState(() => crypto.randomUUID());
  const path = { cohort: cohort.id, mailing: mailing.id };
  const planned = mailing.status === "planned";
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
  const send = unlessStale(overtaken, async () => {
    // The version of the whole page: if somebody changed it between text and preview, the contact is told.
    const header = { "If-Match": `"${mailing.version}"`, "Idempotency-Key": key };
    sent(await ok(api.POST(`${MAILING}/send`, { params: { path, header } })));
  });
  const close = () => setAsking(undefined);
  const count = `${audienceWords(words, mailing.audience)}: ${words.n("mailing_count", preview.recipients)}`;
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
          onClick={() => setAsking("now")}
          disabled={preview.recipients === 0}
        >
          {t(planned ? "mailing_send_now" : "mailing_send")}
        </button>
        <button type="button" onClick={() => setAsking("later")}>
          {t(planned ? "mailing_replan" : "mailing_later")}
        </button>
      </div>
      {asking === "later" && (
        <Later
          cohort={cohort}
          mailing={mailing}
          changed={sent}
          overtaken={overtaken}
          close={close}
          count={count}
        />
      )}
      {asking === "now" && (
        <Confirm
          title={t("mailing_send_title")}
          action={t(planned ? "mailing_send_now" : "mailing_send")}
          act={send}
          done={close}
          cancel={close}
        >
          <p>{count}</p>
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
