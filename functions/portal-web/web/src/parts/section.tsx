// One section of a cohort, or all of them.

import { useWords } from "../i18n/words";
import { Field } from "./parts";

export function SectionChoice({
  sections,
  chosen,
  choose,
}: {
  sections: string[];
  chosen: string;
  choose: (section: string) => void;
}) {
  const { t } = useWords();
  return (
    <Field label={t("section")}>
      {(attributes) => (
        <select
          {...attributes}
          value={chosen}
          onChange={(event) => choose(event.currentTarget.value)}
        >
          <option value="">{t("groups_all_sections")}</option>
          {sections.map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
