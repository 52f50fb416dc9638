// The steps of a request, each asked about before it is taken: most of them write to the student. What was entered
// stays in the dialog until it worked.

import type { ComponentType } from "preact";
import { useRef, useState } from "preact/hooks";
import { ok } from "../api/client";
import type { RightsRequest } from "../api/types";
import { useWords } from "../i18n/words";
import { useSigned } from "../parts/context";
import { OneOf } from "../parts/inputs";
import { Confirm, Field } from "../parts/parts";
import { Rectify } from "./rectify";
import { extensionDays, wordOf } from "./steps";
import { type Asked, type Done, type StepProps, taken } from "./taking";

const GROUNDS = ["not_identified", "unfounded", "excessive", "exception", "withdrawn"] as const;
const AT = "/api/cohorts/{cohort}/rights/{request}";

export function StepDialog(props: StepProps) {
  const Shown = OWN[props.step] ?? Plain;
  return <Shown {...props} />;
}

/** Steps that ask for more than a word. */
const OWN: Partial<Record<Asked, ComponentType<StepProps>>> = {
  extend: Extend,
  refuse: Refuse,
  rectify: Rectify,
};

function Plain({ cohort, request, step, close, again }: StepProps) {
  const { t } = useWords();
  const { api } = useSigned();
  const answer = useRef<RightsRequest>();
  const word = wordOf(step, request);
  const params = { path: { cohort, request: request.id } };
  const call = () => {
    switch (step) {
      case "acknowledge":
        return ok(api.POST(`${AT}/acknowledge`, { params, body: {} }));
      case "link":
        return ok(api.POST(`${AT}/link`, { params, body: {} }));
      case "hand_over":
        return ok(api.POST(`${AT}/hand-over`, { params, body: {} }));
      case "restrict":
        return ok(api.POST(`${AT}/restrict`, { params, body: {} }));
      case "lift":
        return ok(api.POST(`${AT}/lift`, { params, body: {} }));
      case "erase":
        return ok(api.POST(`${AT}/erase`, { params, body: {} }));
      default:
        throw new Error(`${step} has a dialog of its own`);
    }
  };
  const how = (): Done => {
    if (step === "erase") return answer.current?.erasure === undefined ? "erase_waits" : "erase";
    return word === "object" ? "object" : step;
  };
  return (
    <Confirm
      title={t(`rights_title_${word}`)}
      action={t(`rights_step_${word}`)}
      danger={step === "erase"}
      act={async () => {
        answer.current = await taken(call(), again);
      }}
      done={() => close(how())}
      cancel={() => close()}
    >
      <p>{t(`rights_ask_${word}`)}</p>
    </Confirm>
  );
}

/** What the student reads: one line in their language. */
function Reason({ value, set }: { value: string; set: (text: string) => void }) {
  const { t } = useWords();
  return (
    <Field label={t("rights_reason")} hint={t("rights_reason_hint")}>
      {(attributes) => (
        <input
          {...attributes}
          type="text"
          required
          pattern=".*\S.*"
          maxLength={1000}
          autoComplete="off"
          value={value}
          onInput={(event) => set(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}

function Extend({ cohort, request, close, again }: StepProps) {
  const { t } = useWords();
  const { api } = useSigned();
  const [until, setUntil] = useState("");
  const [reason, setReason] = useState("");
  const params = { path: { cohort, request: request.id } };
  return (
    <Confirm
      title={t("rights_title_extend")}
      action={t("rights_step_extend")}
      act={async () => {
        const body = { until, reason: reason.trim() };
        await taken(ok(api.POST(`${AT}/extend`, { params, body })), again);
      }}
      done={() => close("extend")}
      cancel={() => close()}
    >
      <p>{t("rights_ask_extend")}</p>
      <Field label={t("rights_until")}>
        {(attributes) => (
          <input
            {...attributes}
            {...extensionDays(request)}
            type="date"
            required
            value={until}
            onInput={(event) => setUntil(event.currentTarget.value)}
          />
        )}
      </Field>
      <Reason value={reason} set={setReason} />
    </Confirm>
  );
}

function Refuse({ cohort, request, close, again }: StepProps) {
  const { t } = useWords();
  const { api } = useSigned();
  const [ground, setGround] = useState<(typeof GROUNDS)[number]>("not_identified");
  const [reason, setReason] = useState("");
  const params = { path: { cohort, request: request.id } };
  return (
    <Confirm
      title={t("rights_title_refuse")}
      action={t("rights_step_refuse")}
      danger
      act={async () => {
        const body = { ground, reason: reason.trim() };
        await taken(ok(api.POST(`${AT}/refuse`, { params, body })), again);
      }}
      done={() => close("refuse")}
      cancel={() => close()}
    >
      <p>{t("rights_ask_refuse")}</p>
      <OneOf
        label={t("rights_ground")}
        value={ground}
        options={GROUNDS}
        text={(one) => t(`rights_ground_${one}`)}
        set={setGround}
      />
      <Reason value={reason} set={setReason} />
    </Confirm>
  );
}
