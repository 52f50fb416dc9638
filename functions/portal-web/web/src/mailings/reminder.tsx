// Reminding those who have not answered: how many they are, until when, and a text to begin with.

import { useEffect } from "preact/hooks";
import { ok } from "../api/client";
import type { Cohort, Reminder } from "../api/types";
import { useWords } from "../i18n/words";
import { useSigned } from "../parts/context";
import { useLoad } from "../parts/load";
import { Ready } from "../parts/parts";
import { type Asking, ReadyText, SectionChoice } from "./section";

export function Reminding({
  cohort,
  fill,
  ...asking
}: Asking & {
  cohort: Cohort;
  /** Told the text to begin with once it is known. */
  fill: (texts: Reminder["texts"]) => void;
}) {
  const words = useWords();
  const { t } = words;
  const { api } = useSigned();
  const [loaded, again] = useLoad(
    () =>
      ok(api.GET("/api/cohorts/{cohort}/reminder", { params: { path: { cohort: cohort.id } } })),
    [api, cohort.id],
  );
  const texts = loaded.state === "ready" ? loaded.data.texts : undefined;
  useEffect(() => {
    if (texts !== undefined) fill(texts);
  }, [texts]);
  return (
    <Ready of={loaded} again={again}>
      {(reminder) => {
        const all =
          reminder.sections.find((one) => one.section === asking.draft.of) ?? reminder.all;
        return (
          <>
            <SectionChoice sections={reminder.sections} {...asking} />
            <p role="status">
              {words.n("reminder_waiting", all.waiting)}
              {all.suppressed > 0 && ` ${words.n("reminder_unreachable", all.suppressed)}`}
            </p>
            {reminder.open ? (
              <p class="quiet">{t("reminder_until", { when: words.time(reminder.deadline) })}</p>
            ) : (
              <p class="notice warn">
                {t("reminder_over", { when: words.time(reminder.deadline) })}
              </p>
            )}
            <p class="quiet">{t("reminder_link")}</p>
            <ReadyText draft={asking.draft} texts={reminder.texts} set={asking.set} />
          </>
        );
      }}
    </Ready>
  );
}
