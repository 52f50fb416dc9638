// What operators do about a breach, each asked about before: judge it, count whose data it was, tell the
// institution, close it. Each is a change of the version that was looked at.

import { useState } from "preact/hooks";
import { ok } from "../api/client";
import { overtaken } from "../api/failure";
import type { Breach } from "../api/types";
import { useWords } from "../i18n/words";
import { useSigned } from "../parts/context";
import { OneOf, PastTime } from "../parts/inputs";
import { Confirm } from "../parts/parts";
import { instant, localTime } from "../settings/draft";
import type { Act } from "./offered";

const RISKS = ["unlikely", "likely", "high"] as const;
const STORES = ["records", "responses", "raw_objects", "messages"] as const;

export function ActDialog({
  act,
  breach,
  done,
  cancel,
  again,
}: {
  act: Act;
  breach: Breach;
  done: (now: Breach) => void;
  cancel: () => void;
  /** The breach is read anew behind the dialog. */
  again: () => void;
}) {
  const { t } = useWords();
  const { api } = useSigned();
  const [risk, setRisk] = useState<(typeof RISKS)[number]>(breach.risk ?? "likely");
  const [from, setFrom] = useState(localTime(breach.affected?.from ?? ""));
  const [until, setUntil] = useState(localTime(breach.affected?.until ?? ""));
  const [stores, setStores] = useState<readonly string[]>(STORES);
  // What was answered is told once the dialog has gone.
  const [answer] = useState<{ now?: Breach }>({});
  const params = {
    path: { breach: breach.id },
    header: { "If-Match": `"${breach.version}"` },
  };
  const call = () => {
    switch (act) {
      case "assess":
        return ok(api.POST("/api/breaches/{breach}/assessment", { params, body: { risk } }));
      case "count": {
        const body = {
          from: instant(from) ?? "",
          until: instant(until) ?? "",
          stores: STORES.filter((one) => stores.includes(one)).join(" "),
        };
        return ok(api.POST("/api/breaches/{breach}/affected", { params, body }));
      }
      case "notify":
        return ok(
          api.POST("/api/breaches/{breach}/notices", { params, body: { confirm: "notify" } }),
        );
      case "close":
        return ok(api.POST("/api/breaches/{breach}/closure", { params }));
    }
  };
  const run = async () => {
    try {
      answer.now = await call();
    } catch (error) {
      // With what others did in the meantime behind it, the same can be asked for once more.
      if (overtaken(error)) again();
      throw error;
    }
  };
  const time = (name: "from" | "until", value: string, set: (value: string) => void) => (
    <PastTime label={t(`breach_${name}`)} value={value} set={set} />
  );
  return (
    <Confirm
      title={t(`breach_title_${act}`)}
      action={t(`breach_step_${act}`)}
      act={run}
      done={() => answer.now !== undefined && done(answer.now)}
      cancel={cancel}
    >
      <p>{t(`breach_ask_${act}`)}</p>
      {act === "assess" && (
        <OneOf
          label={t("breach_risk")}
          value={risk}
          options={RISKS}
          text={(one) => t(`breach_risk_${one}`)}
          set={setRisk}
        />
      )}
      {act === "count" && (
        <>
          {time("from", from, setFrom)}
          {time("until", until, setUntil)}
          <fieldset class="ticks">
            <legend>{t("breach_stores")}</legend>
            {STORES.map((one) => (
              <label class="tick" key={one}>
                <input
                  type="checkbox"
                  checked={stores.includes(one)}
                  onChange={(event) =>
                    setStores(
                      event.currentTarget.checked
                        ? [...stores, one]
                        : stores.filter((other) => other !== one),
                    )
                  }
                />
                <span>{t(`store_${one}`)}</span>
              </label>
            ))}
          </fieldset>
        </>
      )}
    </Confirm>
  );
}
