// What is stored wrong of a student is put right. Nothing of it is read for that: what stays is left empty.

import { useState } from "preact/hooks";
import { ok } from "../api/client";
import { Failure } from "../api/failure";
import type { CohortSettings } from "../api/types";
import { useWords } from "../i18n/words";
import { useSigned } from "../parts/context";
import { OneOf } from "../parts/inputs";
import { useLoad } from "../parts/load";
import { Confirm, Field, Ready } from "../parts/parts";
import { type Corrected, correctable, correctionOf, type Fields, STAYS } from "./correction";
import { type StepProps, taken } from "./taking";

type Question = CohortSettings["questions"][number];

export function Rectify({ cohort, request, close, again }: StepProps) {
  const { t } = useWords();
  const { api } = useSigned();
  const [loaded, reload] = useLoad(
    () => ok(api.GET("/api/cohorts/{cohort}/settings", { params: { path: { cohort } } })),
    [api, cohort],
  );
  const [fields, setFields] = useState<Fields>({
    name: "",
    email: "",
    number: "",
    section: "",
    answers: {},
  });
  const settings = loaded.state === "ready" ? loaded.data.settings : undefined;
  const set = (more: Partial<Fields>) => setFields({ ...fields, ...more });
  const act = async () => {
    const body = correctionOf(fields, settings?.questions ?? []);
    if (body === undefined) throw new Failure("nothing-put-right", undefined, undefined);
    const params = { path: { cohort, request: request.id } };
    await taken(
      ok(api.POST("/api/cohorts/{cohort}/rights/{request}/rectify", { params, body })),
      again,
    );
  };
  const input = (name: "name" | "email" | "number", limit: number) => (
    <Field label={t(`rectify_${name}`)}>
      {(attributes) => (
        <input
          {...attributes}
          type={name === "email" ? "email" : "text"}
          maxLength={limit}
          autoComplete="off"
          value={fields[name]}
          onInput={(event) => set({ [name]: event.currentTarget.value })}
        />
      )}
    </Field>
  );
  return (
    <Confirm
      title={t("rights_title_rectify")}
      action={t("rights_step_rectify")}
      act={act}
      done={() => close("rectify")}
      cancel={() => close()}
    >
      <p>{t("rights_ask_rectify")}</p>
      {input("name", 200)}
      {input("email", 320)}
      {input("number", 50)}
      <Ready of={loaded} again={reload}>
        {({ settings }) => (
          <>
            <Field label={t("rectify_section")}>
              {(attributes) => (
                <select
                  {...attributes}
                  value={fields.section}
                  onChange={(event) => set({ section: event.currentTarget.value })}
                >
                  <option value="">{t("rectify_stays")}</option>
                  {settings.sections.map(({ id }) => (
                    <option key={id} value={id}>
                      {id}
                    </option>
                  ))}
                </select>
              )}
            </Field>
            {correctable(settings.questions).map((question) => (
              <Answer
                key={question.id}
                question={question}
                value={fields.answers[question.id] ?? STAYS}
                set={(value) => set({ answers: { ...fields.answers, [question.id]: value } })}
              />
            ))}
          </>
        )}
      </Ready>
    </Confirm>
  );
}

const HOWS = ["stays", "right", "gone"] as const;

function Answer({
  question,
  value,
  set,
}: {
  question: Question;
  value: Corrected;
  set: (value: Corrected) => void;
}) {
  const words = useWords();
  const { t } = words;
  const name = words.of(question.label);
  return (
    <fieldset class="group">
      <legend>{t("rectify_answer", { question: name })}</legend>
      <OneOf
        label={t("rectify_how")}
        value={value.how}
        options={HOWS}
        text={(how) => t(`rectify_${how}`)}
        set={(how) => set({ ...value, how })}
      />
      {value.how === "right" && <Value question={question} value={value} set={set} />}
    </fieldset>
  );
}

function Value({
  question: { kind },
  value,
  set,
}: {
  question: Question;
  value: Corrected;
  set: (value: Corrected) => void;
}) {
  const { t } = useWords();
  const text = (text: string) => set({ ...value, text });
  if (kind.scale !== undefined) {
    const { min, max } = kind.scale;
    return (
      <Field label={t("rectify_value", { min, max })}>
        {(attributes) => (
          <input
            {...attributes}
            type="number"
            required
            min={min}
            max={max}
            value={value.text}
            onInput={(event) => text(event.currentTarget.value)}
          />
        )}
      </Field>
    );
  }
  if (kind.choice !== undefined) {
    return (
      <Field label={t("rectify_answer_is")}>
        {(attributes) => (
          <select
            {...attributes}
            required
            value={value.text}
            onChange={(event) => text(event.currentTarget.value)}
          >
            <option value="">{t("choose")}</option>
            {kind.choice?.options.map(({ code, answers = [] }) => (
              <option key={code} value={code}>
                {answers[0] ?? code}
              </option>
            ))}
          </select>
        )}
      </Field>
    );
  }
  const ticks =
    kind.choices?.options.map(({ code, answers = [] }) => ({ code, name: answers[0] ?? code })) ??
    kind.availability?.options.map(({ field, answers }, place) => ({
      code: String(place),
      name: [field, answers[0]].filter(Boolean).join(": "),
    }));
  if (ticks === undefined) {
    return (
      <Field label={t("rectify_answer_is")}>
        {(attributes) => (
          <textarea
            {...attributes}
            required
            rows={4}
            maxLength={5000}
            value={value.text}
            onInput={(event) => text(event.currentTarget.value)}
          />
        )}
      </Field>
    );
  }
  return (
    <fieldset class="ticks">
      <legend>{t("rectify_answer_is")}</legend>
      {ticks.map(({ code, name }) => (
        <label class="tick" key={code}>
          <input
            type="checkbox"
            checked={value.ticked.includes(code)}
            onChange={(event) =>
              set({
                ...value,
                ticked: event.currentTarget.checked
                  ? [...value.ticked, code]
                  : value.ticked.filter((one) => one !== code),
              })
            }
          />
          <span>{name}</span>
        </label>
      ))}
    </fieldset>
  );
}
