// Discarding a mail that nobody has got.

import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { ok } from "../api/client";
import type { Mailing } from "../api/types";
import { useWords } from "../i18n/words";
import { useSigned } from "../parts/context";
import { Confirm } from "../parts/parts";
import { BASE } from "../session/session";

const TITLES = {
  mailing_discard: "mailing_discard_title",
  mailing_discard_stopped: "mailing_discard_stopped_title",
} as const;

/** Discarding what nobody has got: a draft, or a mailing that stopped before anybody was written to. */
export function Discard({
  cohort,
  mailing,
  what,
}: {
  cohort: string;
  mailing: Mailing;
  what: keyof typeof TITLES;
}) {
  const { t } = useWords();
  const { api } = useSigned();
  const { route } = useLocation();
  const [asking, setAsking] = useState(false);
  const path = { cohort, mailing: mailing.id };
  const header = { "If-Match": `"${mailing.version}"` };
  return (
    <>
      <p>
        <button type="button" onClick={() => setAsking(true)}>
          {t(what)}
        </button>
      </p>
      {asking && (
        <Confirm
          title={t(TITLES[what])}
          action={t(what)}
          danger
          act={async () => {
            await ok(
              api.DELETE("/api/cohorts/{cohort}/mailings/{mailing}", { params: { path, header } }),
            );
          }}
          done={() => route(`${BASE}/cohorts/${cohort}/mailings`, true)}
          cancel={() => setAsking(false)}
        >
          <p>{t("mailing_discard_text")}</p>
        </Confirm>
      )}
    </>
  );
}
