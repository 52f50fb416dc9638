// One request: what its clock says, what happened to it, and what can be done about it now.

import { useState } from "preact/hooks";
import { useRoute } from "preact-iso";
import { ok } from "../api/client";
import { asFailure, type Failure, failureOf } from "../api/failure";
import type { RightsRequest } from "../api/types";
import { useWords } from "../i18n/words";
import { useSigned } from "../parts/context";
import { downloadCertificate, save } from "../parts/download";
import { useLoad } from "../parts/load";
import { Back, Done, Fact, Facts, Heading, Ready, Wrong } from "../parts/parts";
import { StepDialog } from "./dialogs";
import { Alert, NotYours, RequestBadge } from "./list";
import { historyOf, isOpen, type Step, stepsOf, wordOf } from "./steps";
import type { Asked, Done as How } from "./taking";

export function RequestPage() {
  const { t } = useWords();
  const { me } = useSigned();
  const { cohort = "", request = "" } = useRoute().params;
  return (
    <>
      <Back to={`/cohorts/${cohort}/rights`} place={t("rights_title")} />
      {me.role === "operator" ? (
        <Loaded key={request} cohort={cohort} id={request} />
      ) : (
        <>
          <Heading title={t("rights_title")} />
          <NotYours />
        </>
      )}
    </>
  );
}

function Loaded({ cohort, id }: { cohort: string; id: string }) {
  const { api } = useSigned();
  const [loaded, again] = useLoad(
    () =>
      ok(
        api.GET("/api/cohorts/{cohort}/rights/{request}", {
          params: { path: { cohort, request: id } },
        }),
      ),
    [api, cohort, id],
  );
  return (
    <Ready of={loaded} again={again} heads>
      {(request) => <View cohort={cohort} request={request} again={again} />}
    </Ready>
  );
}

function View({
  cohort,
  request,
  again,
}: {
  cohort: string;
  request: RightsRequest;
  again: () => void;
}) {
  const words = useWords();
  const { t } = words;
  const { api } = useSigned();
  const [step, setStep] = useState<Asked>();
  const [done, setDone] = useState<How>();
  const [failure, setFailure] = useState<Failure>();
  const [busy, setBusy] = useState(false);
  const fetching = async (fetch: () => Promise<void>) => {
    setBusy(true);
    setFailure(undefined);
    try {
      await fetch();
    } catch (error) {
      setFailure(asFailure(error));
    } finally {
      setBusy(false);
    }
  };
  const look = () =>
    fetching(async () => {
      const { data, error, response } = await api.GET(
        "/api/cohorts/{cohort}/rights/{request}/export",
        { params: { path: { cohort, request: request.id } }, parseAs: "blob" },
      );
      if (data === undefined) throw failureOf(response, error);
      save(data as unknown as Blob, `${request.id}.zip`);
    });
  const begin = (step: Step) => {
    setDone(undefined);
    if (step === "look") void look();
    else setStep(step);
  };
  const steps = stepsOf(request);
  const { erasure } = request;
  return (
    <>
      <Heading title={t(`right_${request.kind}`)}>
        <p>
          <RequestBadge request={request} /> <Alert request={request} />
        </p>
      </Heading>
      <Done text={done === undefined ? undefined : t(`rights_done_${done}`)} of={request} />
      {failure !== undefined && <Wrong failure={failure} />}
      <section class="card" aria-labelledby="clock">
        <h2 id="clock">{t("rights_clock")}</h2>
        {isOpen(request) && <p>{t(`rights_next_${nextOf(request)}`)}</p>}
        <Facts>
          <Fact name={t("message_student")}>
            <code>{request.student}</code>
          </Fact>
          <Fact name={t("rights_received")}>
            {words.time(request.received_at)}, {t(`rights_channel_${request.channel}`)}
          </Fact>
          <Fact name={t("rights_acknowledge_by")}>{words.time(request.acknowledge_by)}</Fact>
          <Fact name={t("rights_due")}>{words.day(request.due_on)}</Fact>
          {request.extended_because !== undefined && (
            <Fact name={t("rights_longer")}>{request.extended_because}</Fact>
          )}
          {request.refused_because !== undefined && (
            <Fact name={t("rights_refused")}>{request.refused_because}</Fact>
          )}
          {request.fetch_until !== undefined && (
            <Fact name={t("rights_fetch_until")}>{words.time(request.fetch_until)}</Fact>
          )}
          {(request.changed ?? []).length > 0 && (
            <Fact name={t("rights_changed")}>
              {(request.changed ?? []).map((name) => changedWords(t, name)).join(", ")}
            </Fact>
          )}
          {erasure !== undefined && (
            <Fact name={t("certificate")}>
              {request.status === "fulfilled" ? (
                <button
                  type="button"
                  class="small"
                  disabled={busy}
                  onClick={() =>
                    fetching(() => downloadCertificate(api, erasure, "pdf", words.language))
                  }
                >
                  {t("rights_certificate")}
                </button>
              ) : (
                t("certificate_none")
              )}
            </Fact>
          )}
        </Facts>
      </section>
      <section class="card" aria-labelledby="steps">
        <h2 id="steps">{t("rights_steps")}</h2>
        {steps.length === 0 ? (
          <p>{t(isOpen(request) ? "rights_no_step_yet" : "rights_no_step")}</p>
        ) : (
          <div class="actions start">
            {steps.map((one, place) => (
              <button
                key={one}
                type="button"
                class={place === 0 ? "main" : ""}
                disabled={busy}
                onClick={() => begin(one)}
              >
                {t(`rights_step_${wordOf(one, request)}`)}
              </button>
            ))}
          </div>
        )}
      </section>
      <section class="card" aria-labelledby="history">
        <h2 id="history">{t("rights_history")}</h2>
        <ol class="history">
          {historyOf(request).map(({ event, at }) => (
            <li key={event}>
              <span class="quiet">{words.time(at)}</span> {t(`rights_event_${event}`)}
            </li>
          ))}
        </ol>
        <p class="quiet">{t("rights_history_text")}</p>
      </section>
      {step !== undefined && (
        <StepDialog
          cohort={cohort}
          request={request}
          step={step}
          close={(how) => {
            setStep(undefined);
            setDone(how);
            // Also when it did not work: another operator or the student may have been quicker.
            again();
          }}
          again={again}
        />
      )}
    </>
  );
}

/** What an open request waits for. */
function nextOf(request: RightsRequest) {
  if (request.erasure !== undefined) return "erasing";
  if (request.erasure_told_at !== undefined) return "letter";
  return request.status === "received" || request.status === "acknowledged"
    ? request.status
    : "confirmed";
}

const NAMED = ["name", "email", "number", "section"] as const;

function changedWords(t: ReturnType<typeof useWords>["t"], name: string): string {
  const known = NAMED.find((one) => one === name);
  return known === undefined ? name.replace("answers.", "") : t(`rectify_${known}`);
}
