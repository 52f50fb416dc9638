import { useRef, useState } from "preact/hooks";
import { ok } from "../api/client";
import { asFailure, type Failure } from "../api/failure";
import type { Cohort } from "../api/types";
import { useWords, type Words } from "../i18n/words";
import { mayAct, useSigned } from "../parts/context";
import { useKeys } from "../parts/key";
import { usePages } from "../parts/load";
import { Done, Link, Pager, Table, Wrong } from "../parts/parts";

/** What became of the questionnaires that were tried again. */
interface Tried {
  accepted: number;
  remaining: number;
  ended: boolean;
}

/**
 * Questionnaires that could not be used, and the way to have them processed again. Nothing where there are none, but
 * for what was told when the last of them went.
 */
export function Quarantine({ cohort, again }: { cohort: Cohort; again: () => void }) {
  const words = useWords();
  const { api } = useSigned();
  const keys = useKeys();
  const [tried, setTried] = useState<Tried>();
  const [failure, setFailure] = useState<Failure>();
  const [busy, setBusy] = useState(false);
  const running = useRef(false);
  const attempt = async () => {
    // A second click may come before the button is drawn anew.
    if (running.current) return;
    running.current = true;
    setBusy(true);
    setFailure(undefined);
    let now: Tried = { accepted: 0, remaining: 0, ended: false };
    setTried(undefined);
    try {
      let after: string | undefined;
      // A request takes what it has time for and says where the next one goes on.
      do {
        const done = await ok(
          api.POST("/api/cohorts/{cohort}/quarantine/reprocess", {
            params: {
              path: { cohort: cohort.id },
              header: { "Idempotency-Key": keys.of({ after }) },
              query: after === undefined ? {} : { after },
            },
          }),
        );
        keys.forget();
        after = done.after ?? undefined;
        now = {
          accepted: now.accepted + done.accepted,
          remaining: now.remaining + done.remaining,
          ended: after === undefined,
        };
        setTried(now);
        again();
      } while (after !== undefined);
    } catch (error) {
      // What was taken in before stays so, as the number that wait shows.
      setTried(undefined);
      setFailure(asFailure(error));
    } finally {
      running.current = false;
      setBusy(false);
    }
  };
  const { quarantined } = cohort;
  const told = tried === undefined ? undefined : outcome(words, tried);
  return (
    <>
      <Done text={told} of={quarantined} />
      {quarantined > 0 && (
        <Waiting cohort={cohort} busy={busy} attempt={() => void attempt()} failure={failure} />
      )}
    </>
  );
}

function outcome(words: Words, { accepted, remaining, ended }: Tried): string {
  if (!ended) {
    const numbers = { accepted: words.number(accepted), remaining: words.number(remaining) };
    return words.t("quarantine_going_on", numbers);
  }
  const taken =
    accepted === 0 ? words.t("quarantine_taken_none") : words.n("quarantine_taken", accepted);
  const left =
    remaining === 0 ? words.t("quarantine_left_none") : words.n("quarantine_left", remaining);
  return `${taken} ${left}`;
}

function Waiting({
  cohort,
  busy,
  attempt,
  failure,
}: {
  cohort: Cohort;
  busy: boolean;
  attempt: () => void;
  failure: Failure | undefined;
}) {
  const words = useWords();
  const { t } = words;
  const { api, me } = useSigned();
  // Looking at the list is recorded, so it is read anew only when there are more or fewer.
  const pages = usePages(
    (cursor) =>
      ok(
        api.GET("/api/cohorts/{cohort}/quarantine", {
          params: { path: { cohort: cohort.id }, query: { limit: 10, ...(cursor && { cursor }) } },
        }),
      ),
    [api, cohort.id],
    cohort.quarantined,
  );
  const reasons = [...new Set(pages.items.map(({ reason }) => reason))];
  return (
    <section class="card" aria-labelledby="quarantine">
      <h2 id="quarantine">{t("quarantine_title")}</h2>
      <p>
        {words.n("quarantine_count", cohort.quarantined)} {t("quarantine_stays")}
      </p>
      {reasons.length > 0 && (
        <>
          <h3>{t("quarantine_todo")}</h3>
          <ul>
            {reasons.map((reason) => (
              <li key={reason}>
                <strong>{t(`quarantine_why_${reason}`)}:</strong> {t(`quarantine_todo_${reason}`)}
              </li>
            ))}
          </ul>
        </>
      )}
      {!mayAct(me) && <p>{t("quarantine_others")}</p>}
      {mayAct(me) && (
        <p>
          <Link to={`/cohorts/${cohort.id}/settings`}>{t("quarantine_settings")}</Link>
        </p>
      )}
      {mayAct(me) && cohort.archived_at !== undefined && <p>{t("quarantine_archived")}</p>}
      {mayAct(me) && cohort.archived_at === undefined && (
        <p>
          <button type="button" disabled={busy} onClick={attempt}>
            {t("quarantine_again")}
          </button>{" "}
          <span class="quiet">{t("quarantine_again_text")}</span>
        </p>
      )}
      {failure !== undefined && <Wrong failure={failure} />}
      {pages.items.length > 0 && (
        <Table
          caption={t("quarantine_title")}
          columns={[t("quarantine_received"), t("quarantine_reason")]}
          rows={pages.items.map(({ token, received_at, reason }) => ({
            key: token,
            cells: [words.time(received_at), t(`quarantine_why_${reason}`)],
          }))}
        />
      )}
      <Pager pages={pages} />
    </section>
  );
}
