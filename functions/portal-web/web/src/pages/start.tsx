import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { ok } from "../api/client";
import type { Cohort } from "../api/types";
import { useWords } from "../i18n/words";
import { useSigned } from "../parts/context";
import { Confirm } from "../parts/parts";

export type Kind = "initial" | "rotation" | "repair";

const WORDS = {
  initial: { title: "start_title", action: "start_confirm" },
  rotation: { title: "rotate_title", action: "start_confirm" },
  repair: { title: "mend_title", action: "mend_confirm" },
} as const;

/** Asks before groups are formed. The key is made once per question, so a repeated answer starts nothing twice. */
export function StartDialog({
  cohort,
  kind = "initial",
  children,
  done,
  cancel,
}: {
  cohort: Cohort;
  /** What is wanted of the groups: that they fit, that partners are new, or that as few as possible change. */
  kind?: Kind;
  /** What there is to know before that. */
  children?: ComponentChildren;
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
          query:
            replaced === undefined
              ? {}
              : { replace: replaced, ...(kind === "initial" ? {} : { kind }) },
        },
      }),
    );
  };
  const { title, action } = WORDS[kind];
  const then =
    cohort.approval || kind === "repair"
      ? "start_then_approve"
      : cohort.mail_agreed
        ? "start_then_mail"
        : "start_then_publish";
  return (
    <Confirm title={t(title)} action={t(action)} act={act} done={done} cancel={cancel}>
      {kind !== "repair" && (
        <p>{t("start_text", { n: words.number(cohort.responses.students) })}</p>
      )}
      {kind === "rotation" && <p>{t("rotate_text")}</p>}
      {children}
      <p>{t(then)}</p>
      {replaced !== undefined && kind !== "repair" && (
        <p class="notice warn">
          {t(cohort.mail_agreed ? "start_replace" : "start_replace_no_mail")}
        </p>
      )}
    </Confirm>
  );
}
