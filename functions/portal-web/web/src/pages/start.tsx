import { useState } from "preact/hooks";
import { ok } from "../api/client";
import type { Cohort } from "../api/types";
import { useWords } from "../i18n/words";
import { useSigned } from "../parts/context";
import { Confirm } from "../parts/parts";

/** Asks before groups are formed. The key is made once per question, so a repeated answer starts nothing twice. */
export function StartDialog({
  cohort,
  done,
  cancel,
}: {
  cohort: Cohort;
  done: () => void;
  cancel: () => void;
}) {
  const words = useWords();
  const { t } = words;
  const { api } = useSigned();
  const [key] = useState(() => crypto.randomUUID());
  const replaced = cohort.published_formation;
  const act = async () => {
    await ok(
      api.POST("/api/cohorts/{cohort}/formations", {
        params: {
          path: { cohort: cohort.id },
          header: { "Idempotency-Key": key },
          query: replaced === undefined ? {} : { replace: replaced },
        },
      }),
    );
  };
  const then = cohort.approval
    ? "start_then_approve"
    : cohort.mail_agreed
      ? "start_then_mail"
      : "start_then_publish";
  return (
    <Confirm
      title={t("start_title")}
      action={t("start_confirm")}
      act={act}
      done={done}
      cancel={cancel}
    >
      <p>{t("start_text", { n: words.number(cohort.responses.students) })}</p>
      <p>{t(then)}</p>
      {replaced !== undefined && (
        <p class="notice warn">
          {t(cohort.mail_agreed ? "start_replace" : "start_replace_no_mail")}
        </p>
      )}
    </Confirm>
  );
}
