// The register of breaches: what the institution was told of, and for operators what it is still to be told of.

import { useCallback, useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { ok } from "../api/client";
import type { Breach } from "../api/types";
import { useWords } from "../i18n/words";
import { mayAct, useSigned } from "../parts/context";
import { PastTime } from "../parts/inputs";
import { useKeys } from "../parts/key";
import { useLoad, useTicks } from "../parts/load";
import { Back, Badge, Confirm, Heading, Link, Ready, Table, type Tone } from "../parts/parts";
import { BASE } from "../session/session";
import { instant, localTime } from "../settings/draft";
import { clockAt, hoursLeft } from "./questions";

const TONES: Record<Breach["clock"], Tone> = {
  running: "busy",
  due: "bad",
  overdue: "bad",
  met: "good",
  late: "bad",
};

/** How the 24 hours stand, in words, and goes on while the page stays open. */
export function ClockBadge({ breach }: { breach: Breach }) {
  const words = useWords();
  const [now, setNow] = useState(Date.now);
  const clock = clockAt(breach, now);
  const runs = clock === "running" || clock === "due";
  useTicks(
    runs,
    60,
    useCallback(() => setNow(Date.now()), []),
  );
  const left = hoursLeft(breach, now);
  const inWords = () => {
    if (!runs) return words.t(`breach_clock_${clock}`);
    return left === 0 ? words.t("breach_left_soon") : words.n("breach_left", left);
  };
  return <Badge tone={TONES[clock]}>{inWords()}</Badge>;
}

export function BreachesPage() {
  const { t } = useWords();
  const { me } = useSigned();
  return (
    <>
      <Back to="/data" place={t("data_title")} />
      <Heading title={t("breaches_title")}>
        <p class="quiet">{t(me.role === "operator" ? "breaches_text" : "breaches_text_told")}</p>
      </Heading>
      {mayAct(me) ? <Register /> : <p class="card">{t("settings_not_yours")}</p>}
    </>
  );
}

function Register() {
  const words = useWords();
  const { t } = words;
  const { api, me } = useSigned();
  const [entering, setEntering] = useState(false);
  const [loaded, again] = useLoad(() => ok(api.GET("/api/breaches")), [api]);
  return (
    <>
      {me.role === "operator" && (
        <div class="actions start">
          <button type="button" class="main" onClick={() => setEntering(true)}>
            {t("breach_enter")}
          </button>
        </div>
      )}
      <Ready of={loaded} again={again}>
        {({ items }) =>
          items.length === 0 ? (
            <p>{t("breaches_none")}</p>
          ) : (
            <section class="card">
              <Table
                caption={t("breaches_title")}
                columns={[
                  t("breach_aware"),
                  t("formation_status"),
                  t("breach_clock"),
                  t("breach_risk"),
                  t("breach_open_questions"),
                ]}
                rows={items.map((breach) => ({
                  key: breach.id,
                  cells: [
                    <Link to={`/breaches/${breach.id}`}>{words.time(breach.aware_at)}</Link>,
                    t(`breach_status_${breach.status}`),
                    <ClockBadge breach={breach} />,
                    breach.risk === undefined ? t("none") : t(`breach_risk_${breach.risk}`),
                    words.number(breach.unanswered.length),
                  ],
                }))}
              />
            </section>
          )
        }
      </Ready>
      {entering && <Enter cancel={() => setEntering(false)} />}
    </>
  );
}

/** The 24 hours count from when anybody became aware, so that is what is asked for. */
function Enter({ cancel }: { cancel: () => void }) {
  const { t } = useWords();
  const { api } = useSigned();
  const { route } = useLocation();
  const keys = useKeys();
  const [aware, setAware] = useState(() => localTime(new Date().toISOString()));
  const act = async () => {
    const body = { aware_at: instant(aware) ?? "" };
    const header = { "Idempotency-Key": keys.of(body) };
    const entered = await ok(api.POST("/api/breaches", { params: { header }, body }));
    route(`${BASE}/breaches/${entered.id}`);
  };
  return (
    <Confirm
      title={t("breach_enter_title")}
      action={t("breach_enter")}
      act={act}
      done={cancel}
      cancel={cancel}
    >
      <p>{t("breach_enter_text")}</p>
      <PastTime label={t("breach_aware_at")} value={aware} set={setAware} />
    </Confirm>
  );
}
