// All settings of a cohort as a form.

import { useWords } from "../i18n/words";
import { useSigned } from "../parts/context";
import { Criteria } from "./criteria";
import { type Draft, row } from "./draft";
import { EvaluationPart } from "./evaluation";
import { at, type Fault, idOf, nearest } from "./faults";
import { Choice, Said, Setting, Text, Tick, Whole } from "./fields";
import { Questions } from "./questions";
import { SMALL } from "./rules";

export interface Part {
  draft: Draft;
  faults: readonly Fault[];
  set: (change: Partial<Draft>) => void;
}

export function Form({
  draft,
  faults,
  set,
  deadlineStays,
  cohort,
}: Part & { deadlineStays: boolean /** None while it is new. */; cohort: string | undefined }) {
  const part = { draft, faults, set };
  return (
    <>
      <Basics {...part} deadlineStays={deadlineStays} isNew={cohort === undefined} />
      <Sections {...part} />
      <Identity {...part} />
      <Questions {...part} />
      <Criteria {...part} cohort={cohort} />
      <EvaluationPart {...part} />
    </>
  );
}

/** Everything that is wrong, each with the way to its field. */
export function Summary({ faults }: { faults: readonly Fault[] }) {
  const words = useWords();
  const { t } = words;
  if (faults.length === 0) return null;
  const exists = (id: string) => document.getElementById(id) !== null;
  const go = (event: Event, pointer: string) => {
    event.preventDefault();
    const field = document.getElementById(nearest(pointer, exists) ?? "");
    field?.scrollIntoView({ block: "center" });
    field?.focus({ preventScroll: true });
  };
  return (
    <div class="notice wrong" role="alert" tabIndex={-1} id="faults">
      <p>
        <strong>{words.n("settings_faults", faults.length)}</strong>
      </p>
      <ul>
        {faults.map((fault) => (
          <li key={`${fault.pointer} ${fault.words.en}`}>
            <a href={`#${idOf(fault.pointer)}`} onClick={(event) => go(event, fault.pointer)}>
              {where(fault.pointer, t)}
            </a>
            : {words.of(fault.words)}
          </li>
        ))}
      </ul>
    </div>
  );
}

const PARTS = [
  "name",
  "language",
  "form",
  "deadline",
  "sections",
  "identity",
  "questions",
  "criteria",
  "sizes",
  "small_sections",
  "approval",
  "mail_agreed",
  "evaluation",
] as const;
export type PartName = (typeof PARTS)[number];
type T = ReturnType<typeof useWords>["t"];

/** What the reader calls a place: the part, and which one of several. */
export function where(pointer: string, t: T): string {
  const [, part, place] = pointer.split("/");
  const known = PARTS.find((name) => name === part);
  if (known === undefined) return pointer;
  const number = Number(place);
  const several = ["sections", "questions", "criteria"].includes(known) && place !== undefined;
  return several ? `${t(`part_${known}`)} ${number + 1}` : t(`part_${known}`);
}

function Basics({
  draft,
  faults,
  set,
  deadlineStays,
  isNew,
}: Part & { deadlineStays: boolean; isNew: boolean }) {
  const { t } = useWords();
  const { me } = useSigned();
  const { settings } = draft;
  const change = (more: Partial<typeof settings>) => set({ settings: { ...settings, ...more } });
  const mayMail = me.institution.mail_agreed || settings.mail_agreed === true;
  return (
    <section class="card" aria-labelledby="basics">
      <h2 id="basics">{t("settings_basics")}</h2>
      <div class="form">
        <Text
          place="/name/da"
          label={t("settings_name_da")}
          faults={faults}
          value={settings.name.da}
          set={(da) => change({ name: { ...settings.name, da } })}
        />
        <Text
          place="/name/en"
          label={t("settings_name_en")}
          faults={faults}
          value={settings.name.en}
          set={(en) => change({ name: { ...settings.name, en } })}
        />
        <Choice
          place="/language"
          label={t("settings_language")}
          faults={faults}
          value={settings.language}
          set={(language) => change({ language })}
          options={[
            { value: "da", name: "Dansk" },
            { value: "en", name: "English" },
          ]}
        />
        {isNew ? (
          <Choice
            place="/form"
            label={t("settings_form")}
            hint={t(me.institution.forms.length > 0 ? "settings_form_hint" : "settings_form_none")}
            faults={faults}
            value={settings.form}
            set={(form) => change({ form })}
            options={me.institution.forms.map((form) => ({ value: form, name: form }))}
          />
        ) : (
          <p id={idOf("/form")} tabIndex={-1}>
            {t("settings_form")}: <strong>{settings.form}</strong>{" "}
            <span class="quiet">{t("settings_form_stays")}</span>
          </p>
        )}
        <Setting
          place="/deadline"
          label={t("settings_deadline")}
          hint={t(deadlineStays ? "settings_deadline_stays" : "settings_deadline_hint")}
          faults={faults}
        >
          {(attributes) => (
            <input
              {...attributes}
              type="datetime-local"
              disabled={deadlineStays}
              value={draft.deadline}
              onInput={(event) => set({ deadline: event.currentTarget.value })}
            />
          )}
        </Setting>
        <Tick
          place="/approval"
          label={t("settings_approval")}
          faults={faults}
          value={settings.approval ?? false}
          set={(approval) => change({ approval })}
        />
        <Tick
          place="/mail_agreed"
          label={t(mayMail ? "settings_mail" : "settings_mail_not_agreed")}
          faults={faults}
          value={settings.mail_agreed ?? false}
          disabled={!mayMail}
          set={(mail_agreed) => change({ mail_agreed })}
        />
      </div>
      <Sizes draft={draft} faults={faults} set={set} />
    </section>
  );
}

function Sizes({ draft, faults, set }: Part) {
  const { t } = useWords();
  const { settings } = draft;
  const { sizes } = settings;
  const size = (name: keyof typeof sizes) => (
    <Whole
      place={`/sizes/${name}`}
      label={t(`settings_size_${name}`)}
      faults={faults}
      min={2}
      max={50}
      value={sizes[name]}
      set={(value) => set({ settings: { ...settings, sizes: { ...sizes, [name]: value } } })}
    />
  );
  return (
    <fieldset class="group" id={idOf("/sizes")} tabIndex={-1}>
      <legend>{t("sizes")}</legend>
      <div class="row">
        {size("min")}
        {size("preferred")}
        {size("max")}
      </div>
      <Said faults={at(faults, "/sizes", false)} id="sizes-wrong" />
      <Choice
        place="/small_sections"
        label={t("settings_small")}
        faults={faults}
        value={settings.small_sections ?? "refuse"}
        set={(small_sections) => set({ settings: { ...settings, small_sections } })}
        options={SMALL.map((value) => ({ value, name: t(`small_${value}`) }))}
      />
    </fieldset>
  );
}

function Sections({ draft, faults, set }: Part) {
  const { t } = useWords();
  const { sections } = draft;
  const change = (place: number, more: Partial<Draft["sections"][number]>) =>
    set({ sections: sections.map((one, at) => (at === place ? { ...one, ...more } : one)) });
  return (
    <section class="card" aria-labelledby="sections">
      <h2 id="sections">{t("sections")}</h2>
      <p>{t("settings_sections_text")}</p>
      <Said faults={at(faults, "/sections", false)} id="sections-wrong" />
      {sections.map((section, place) => (
        <fieldset class="group" key={section.row} id={idOf(`/sections/${place}`)} tabIndex={-1}>
          <legend>{`${t("section")} ${place + 1}`}</legend>
          <div class="row">
            <Text
              place={`/sections/${place}/id`}
              label={t("settings_section_id")}
              faults={faults}
              value={section.id}
              set={(id) => change(place, { id })}
            />
            <Text
              place={`/sections/${place}/answers`}
              label={t("settings_section_answers")}
              faults={faults}
              value={section.answers}
              set={(answers) => change(place, { answers })}
            />
          </div>
          <button
            type="button"
            class="small"
            onClick={() => set({ sections: sections.filter((_, at) => at !== place) })}
          >
            {t("settings_remove_section", { n: place + 1 })}
          </button>
        </fieldset>
      ))}
      <button
        type="button"
        onClick={() => set({ sections: [...sections, { row: row(), id: "", answers: "" }] })}
      >
        {t("settings_add_section")}
      </button>
    </section>
  );
}

function Identity({ draft, faults, set }: Part) {
  const { t } = useWords();
  const source = (name: "email" | "name" | "number" | "section", place: string) => (
    <Text
      place={place}
      label={t(`settings_source_${name}`)}
      faults={faults}
      value={draft[name]}
      set={(value) => set({ [name]: value })}
    />
  );
  return (
    <section class="card" aria-labelledby="identity">
      <h2 id="identity">{t("settings_identity")}</h2>
      <p>{t("settings_identity_text")}</p>
      <div class="form">
        {source("email", "/identity/email")}
        {source("name", "/identity/name")}
        {source("number", "/identity/student_number")}
        {source("section", "/identity/section")}
      </div>
    </section>
  );
}
