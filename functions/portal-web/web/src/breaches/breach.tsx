// One breach: its clock, whose data it was, the twelve answers, and what was told when.

import { useState } from "preact/hooks";
import { useRoute } from "preact-iso";
import { ok } from "../api/client";
import { asFailure, type Failure, failureOf } from "../api/failure";
import type { Breach } from "../api/types";
import { useWords } from "../i18n/words";
import { mayAct, useSigned } from "../parts/context";
import { save } from "../parts/download";
import { useLoad } from "../parts/load";
import { Back, Done, Fact, Facts, Heading, Ready, Table, Wrong } from "../parts/parts";
import { AnswersForm } from "./answers";
import { ClockBadge } from "./list";
import { type Act, offered } from "./offered";
import { numbersOf, QUESTIONS } from "./questions";
import { ActDialog } from "./steps";

export function BreachPage() {
  const { t } = useWords();
  const { api, me } = useSigned();
  const id = useRoute().params.breach ?? "";
  const [loaded, again] = useLoad(
    () => ok(api.GET("/api/breaches/{breach}", { params: { path: { breach: id } } })),
    [api, id],
  );
  return (
    <>
      <Back to="/breaches" place={t("breaches_title")} />
      <Ready of={loaded} again={again} heads>
        {(breach) => (
          <View
            key={breach.id}
            read={breach}
            again={again}
            acts={me.role === "operator" && mayAct(me)}
          />
        )}
      </Ready>
    </>
  );
}

function View({ read, again, acts }: { read: Breach; again: () => void; acts: boolean }) {
  const words = useWords();
  const { t } = words;
  const [changed, setChanged] = useState<Breach>();
  const [done, setDone] = useState<Act>();
  const [act, setAct] = useState<Act>();
  // Whichever is newer: what the last change answered, or what was read since.
  const breach = changed !== undefined && changed.version >= read.version ? changed : read;
  const open = breach.status !== "closed";
  /** The version of which the institution was told from here. */
  const [told, setTold] = useState<number>();
  const finish = (now: Breach, how: Act) => {
    setChanged(now);
    if (how === "notify") setTold(now.version);
    setDone(how);
    setAct(undefined);
  };
  return (
    <>
      <Heading title={t("breach_of", { when: words.time(breach.aware_at) })}>
        <p>
          {t(`breach_status_${breach.status}`)} <ClockBadge breach={breach} />
        </p>
      </Heading>
      <Done text={done === undefined ? undefined : t(`breach_done_${done}`)} of={breach} />
      <section class="card" aria-labelledby="clock">
        <h2 id="clock">{t("breach_clock")}</h2>
        <Facts>
          <Fact name={t("breach_aware")}>{words.time(breach.aware_at)}</Fact>
          <Fact name={t("breach_notify_by")}>{words.time(breach.notify_by)}</Fact>
          <Fact name={t("breach_entered")}>{words.time(breach.opened_at)}</Fact>
          <Fact name={t("breach_risk")}>
            {breach.risk === undefined ? t("breach_risk_unknown") : t(`breach_risk_${breach.risk}`)}
          </Fact>
          {breach.closed_at !== undefined && (
            <Fact name={t("breach_closed")}>{words.time(breach.closed_at)}</Fact>
          )}
        </Facts>
        {acts && open && (
          <Steps
            breach={breach}
            told={told}
            begin={(one) => {
              setDone(undefined);
              setAct(one);
            }}
          />
        )}
        {!open && <Certificate id={breach.id} />}
      </section>
      <Told breach={breach} />
      <Affected breach={breach} />
      {acts && open ? (
        <AnswersForm breach={breach} changed={setChanged} />
      ) : (
        <Answers breach={breach} />
      )}
      {act !== undefined && (
        <ActDialog
          act={act}
          breach={breach}
          done={(now) => finish(now, act)}
          cancel={() => {
            setAct(undefined);
            // Somebody else may have been the reason why it did not work.
            again();
          }}
          again={again}
        />
      )}
    </>
  );
}

/** What can be done now, and of the rest what it waits for. */
function Steps({
  breach,
  told,
  begin,
}: {
  breach: Breach;
  told: number | undefined;
  begin: (act: Act) => void;
}) {
  const { t } = useWords();
  const { steps, next, waits } = offered(breach, told);
  return (
    <>
      <div class="actions start">
        {steps.map((one) => (
          <button
            key={one}
            type="button"
            class={one === next ? "main" : ""}
            onClick={() => begin(one)}
          >
            {t(`breach_step_${one}`)}
          </button>
        ))}
      </div>
      {waits.length > 0 && (
        <ul class="quiet" aria-label={t("breach_waits")}>
          {waits.map(({ act, lacks }) => (
            <li key={act}>
              {t(`breach_step_${act}`)}: {t(`problem_${lacks}`)}{" "}
              {lacks === "breach-incomplete" &&
                t("breach_open_numbers", { numbers: numbersOf(breach.unanswered).join(", ") })}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function Told({ breach }: { breach: Breach }) {
  const words = useWords();
  const { t } = words;
  return (
    <section class="card" aria-labelledby="told">
      <h2 id="told">{t("breach_told")}</h2>
      {breach.notices.length === 0 ? (
        <p>{t("breach_told_nothing")}</p>
      ) : (
        <ol class="history">
          {breach.notices.map(({ at, mail }) => (
            <li key={at}>
              {words.time(at)}: {mail === undefined ? t("breach_mail_gone") : t(`status_${mail}`)}
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

/** Whose data existed in the stores that were reached, by cohort, as the API counted it. */
function Affected({ breach: { affected } }: { breach: Breach }) {
  const words = useWords();
  const { t } = words;
  const { api } = useSigned();
  const [cohorts] = useLoad(
    () => ok(api.GET("/api/cohorts", { params: { query: { limit: 200 } } })),
    [api],
  );
  const named = (id: string) => {
    const found = cohorts.state === "ready" && cohorts.data.items.find((one) => one.id === id);
    return found ? words.of(found.name) : id;
  };
  return (
    <section class="card" aria-labelledby="affected">
      <h2 id="affected">{t("breach_affected")}</h2>
      {affected === undefined ? (
        <p>{t("breach_affected_unknown")}</p>
      ) : (
        <>
          <p>
            {t("breach_affected_text", {
              from: words.time(affected.from),
              until: words.time(affected.until),
              when: words.time(affected.counted_at),
            })}
          </p>
          {affected.cohorts.length === 0 ? (
            <p>{t("breach_affected_none")}</p>
          ) : (
            <Table
              caption={t("breach_affected")}
              columns={[
                t("cohort"),
                t("breach_students"),
                t("store_records"),
                t("store_responses"),
                t("store_raw_objects"),
                t("store_messages"),
              ]}
              rows={affected.cohorts.map((one) => ({
                key: one.cohort,
                cells: [
                  named(one.cohort),
                  words.number(one.students),
                  words.number(one.records),
                  words.number(one.responses),
                  words.number(one.raw_objects),
                  words.number(one.messages),
                ],
              }))}
            />
          )}
          {affected.erased.map(({ erasure, deleted }) => (
            <p key={erasure}>{t("breach_erased", { n: words.number(deleted), erasure })}</p>
          ))}
        </>
      )}
    </section>
  );
}

function Answers({ breach }: { breach: Breach }) {
  const words = useWords();
  const { t } = words;
  const said = (one: (typeof QUESTIONS)[number]) => {
    const text = breach.answers[one];
    return text !== undefined && one === "closing_date" ? words.day(text) : text;
  };
  return (
    <section class="card" aria-labelledby="answers">
      <h2 id="answers">{t("breach_answers")}</h2>
      <ol class="questions">
        {QUESTIONS.map((one) => (
          <li key={one}>
            <h3>{t(`question_${one}`)}</h3>
            <p class="written-text">{said(one) ?? <i class="quiet">{t("breach_unanswered")}</i>}</p>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Certificate({ id }: { id: string }) {
  const words = useWords();
  const { t } = words;
  const { api } = useSigned();
  const [failure, setFailure] = useState<Failure>();
  const [busy, setBusy] = useState(false);
  const fetch = async (format: "pdf" | "json") => {
    setBusy(true);
    setFailure(undefined);
    try {
      const path = { breach: id };
      const { data, error, response } =
        format === "pdf"
          ? await api.GET("/api/breaches/{breach}/certificate.pdf", {
              params: { path, query: { language: words.language } },
              parseAs: "blob",
            })
          : await api.GET("/api/breaches/{breach}/certificate", {
              params: { path },
              parseAs: "blob",
            });
      if (data === undefined) throw failureOf(response, error);
      save(data, `${id}.${format}`);
    } catch (error) {
      setFailure(asFailure(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <h3>{t("breach_certificate_title")}</h3>
      <p class="buttons">
        {(["pdf", "json"] as const).map((format) => (
          <button
            key={format}
            type="button"
            disabled={busy}
            aria-label={t("breach_certificate", { format: t(`certificate_${format}`) })}
            onClick={() => fetch(format)}
          >
            {t(`certificate_${format}`)}
          </button>
        ))}
      </p>
      {failure !== undefined && <Wrong failure={failure} />}
    </>
  );
}
