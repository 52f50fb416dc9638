// Of those who have not answered, those of one section: what a reminder and a mail about the evaluation ask alike.

import type { MailingRequest } from "../api/types";
import { useWords } from "../i18n/words";
import type { Fault } from "../settings/faults";
import { Setting } from "../settings/fields";
import { type Draft, isReady, readyTexts } from "./draft";

export interface Asking {
  draft: Draft;
  faults: readonly Fault[];
  set: (more: Partial<Draft>) => void;
}

export function SectionChoice({
  sections,
  draft,
  faults,
  set,
}: Asking & { sections: readonly { section: string }[] }) {
  const { t } = useWords();
  if (sections.length < 2) return null;
  return (
    <div class="filters">
      <Setting place="/audience/section" label={t("section")} faults={faults}>
        {(attributes) => (
          <select
            {...attributes}
            value={draft.of}
            onChange={(event) => set({ of: event.currentTarget.value })}
          >
            <option value="">{t("reminder_all_sections")}</option>
            {sections.map(({ section }) => (
              <option key={section} value={section}>
                {section}
              </option>
            ))}
          </select>
        )}
      </Setting>
    </div>
  );
}

/** Brings the text that stands ready back, once something else is written. */
export function ReadyText({
  draft,
  texts,
  set,
}: Omit<Asking, "faults"> & { texts: MailingRequest["texts"] }) {
  const { t } = useWords();
  if (isReady(draft, texts)) return null;
  return (
    <p>
      <button type="button" onClick={() => set(readyTexts(texts))}>
        {t("reminder_ready_text")}
      </button>
    </p>
  );
}
