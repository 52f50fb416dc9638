// Somebody who is on a roster and has never answered is erased here: no link can reach them that confirms a request.

import { useRef, useState } from "preact/hooks";
import { ok } from "../api/client";
import type { Person } from "../api/types";
import { useWords } from "../i18n/words";
import { useSigned } from "../parts/context";
import { OneOf } from "../parts/inputs";
import { Confirm, Field } from "../parts/parts";

const REASONS = ["person_asked", "controller_instructed"] as const;

/** Asked again, the same erasure is answered: a call whose answer was lost is simply made once more. */
export function EraseDialog({
  person: { cohort, student },
  done,
  cancel,
}: {
  person: Person;
  /** The erasure that was begun. */
  done: (erasure: string) => void;
  cancel: () => void;
}) {
  const { t } = useWords();
  const { api } = useSigned();
  const [reference, setReference] = useState("");
  const [because, setBecause] = useState<(typeof REASONS)[number]>("person_asked");
  const [again, setAgain] = useState("");
  const begun = useRef<string>();
  const act = async () => {
    const params = { path: { cohort, student } };
    const body = { reference: reference.trim(), reason: because, confirm: again.trim() };
    const answer = await ok(
      api.POST("/api/cohorts/{cohort}/students/{student}/erasure", { params, body }),
    );
    begun.current = answer.erasure;
  };
  return (
    <Confirm
      title={t("rights_title_erase")}
      action={t("rights_step_erase")}
      danger
      act={act}
      done={() => begun.current !== undefined && done(begun.current)}
      cancel={cancel}
    >
      <p>{t("search_erase_ask")}</p>
      <Field label={t("search_reference")} hint={t("search_reference_hint")}>
        {(attributes) => (
          <input
            {...attributes}
            type="text"
            required
            pattern=".*\S.*"
            maxLength={64}
            autoComplete="off"
            value={reference}
            onInput={(event) => setReference(event.currentTarget.value)}
          />
        )}
      </Field>
      <OneOf
        label={t("erasure_reason")}
        value={because}
        options={REASONS}
        text={(one) => t(`reason_${one}`)}
        set={setBecause}
      />
      <p>
        <code class="address">{student}</code>
      </p>
      <Field label={t("search_again")} hint={t("search_again_hint")}>
        {(attributes) => (
          <input
            {...attributes}
            type="text"
            required
            pattern={`\\s*${student}\\s*`}
            title={t("search_again_hint")}
            autoComplete="off"
            spellcheck={false}
            value={again}
            onInput={(event) => setAgain(event.currentTarget.value)}
          />
        )}
      </Field>
    </Confirm>
  );
}
