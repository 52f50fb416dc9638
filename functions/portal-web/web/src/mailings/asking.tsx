// Asking those who have not answered the evaluation: whether there is one, how many they are, and a text to begin with.

import { useEffect } from "preact/hooks";
import { ok } from "../api/client";
import type { Cohort, EvaluationMail } from "../api/types";
import { useWords } from "../i18n/words";
import { useSigned } from "../parts/context";
import { useLoad } from "../parts/load";
import { Link, Ready } from "../parts/parts";
import { type Asking, ReadyText, SectionChoice } from "./section";

export function AskingToEvaluate({
  cohort,
  fill,
  ...asking
}: Asking & {
  cohort: Cohort;
  /** Told the text to begin with once it is known. */
  fill: (texts: EvaluationMail["texts"]) => void;
}) {
  const words = useWords();
  const { t } = words;
  const { api } = useSigned();
  const [loaded, again] = useLoad(
    () =>
      ok(
        api.GET("/api/cohorts/{cohort}/evaluation/mail", {
          params: { path: { cohort: cohort.id } },
        }),
      ),
    [api, cohort.id],
  );
  const texts = loaded.state === "ready" && loaded.data.named ? loaded.data.texts : undefined;
  useEffect(() => {
    if (texts !== undefined) fill(texts);
  }, [texts]);
  return (
    <Ready of={loaded} again={again}>
      {(mail) => {
        if (!mail.named) {
          return (
            <div class="notice warn">
              <p>{t("problem_no-evaluation")}</p>
              <p>
                <Link to={`/cohorts/${cohort.id}/settings`}>{t("settings_change")}</Link>
              </p>
            </div>
          );
        }
        const all = mail.sections.find((one) => one.section === asking.draft.of) ?? mail.all;
        return (
          <>
            <SectionChoice sections={mail.sections} {...asking} />
            {mail.published ? (
              <p role="status">
                {words.n("asking_silent", all.silent)}
                {all.suppressed > 0 && ` ${words.n("reminder_unreachable", all.suppressed)}`}
              </p>
            ) : (
              <p class="notice warn">{t("problem_not-published")}</p>
            )}
            <p class="quiet">{t("asking_link")}</p>
            <ReadyText draft={asking.draft} texts={mail.texts} set={asking.set} />
          </>
        );
      }}
    </Ready>
  );
}
