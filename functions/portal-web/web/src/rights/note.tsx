// A request is noted as it came: who, which right, when and how. The clock runs from when it came.

import { useState } from "preact/hooks";
import { useLocation, useRoute } from "preact-iso";
import { ok } from "../api/client";
import { asFailure, type Failure } from "../api/failure";
import type { NotedChannel, RightsRequest, Student } from "../api/types";
import { useWords } from "../i18n/words";
import { chosenElsewhere } from "../parts/chosen";
import { useSigned } from "../parts/context";
import { PastTime } from "../parts/inputs";
import { useKeys } from "../parts/key";
import { useLeaving } from "../parts/leaving";
import { useLoad } from "../parts/load";
import { Back, Field, Heading, Ready, Wrong } from "../parts/parts";
import { short } from "../parts/short";
import { allStudents, StudentSearch } from "../parts/students";
import { BASE } from "../session/session";
import { instant } from "../settings/draft";
import { NotYours } from "./list";

const KINDS: readonly RightsRequest["kind"][] = [
  "access",
  "portability",
  "rectification",
  "erasure",
  "restriction",
  "objection",
];
const CHANNELS: readonly NotedChannel[] = ["email", "letter", "phone", "institution"];

export function NewRequestPage() {
  const { t } = useWords();
  const { me } = useSigned();
  const { params, query } = useRoute();
  const cohort = params.cohort ?? "";
  return (
    <>
      <Back to={`/cohorts/${cohort}/rights`} place={t("rights_title")} />
      <Heading title={t("rights_note")} />
      {me.role === "operator" ? (
        <Note key={query.student} cohort={cohort} picked={query.student ?? ""} />
      ) : (
        <NotYours />
      )}
    </>
  );
}

function Note({ cohort, picked }: { cohort: string; picked: string }) {
  const words = useWords();
  const { t } = words;
  const { api } = useSigned();
  const { route } = useLocation();
  const keys = useKeys();
  const [student, setStudent] = useState(picked);
  const [chosen, setChosen] = useState(() => chosenElsewhere(picked));
  const [kind, setKind] = useState<RightsRequest["kind"] | "">("");
  const [channel, setChannel] = useState<NotedChannel | "">("");
  const [received, setReceived] = useState("");
  const [missing, setMissing] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const [busy, setBusy] = useState(false);
  useLeaving(kind !== "" || received !== "");
  const note = async (event: Event) => {
    event.preventDefault();
    const received_at = instant(received);
    setMissing(student === "");
    if (student === "" || kind === "" || channel === "" || received_at === undefined) return;
    setBusy(true);
    setFailure(undefined);
    try {
      const body = { student, kind, channel, received_at };
      const header = { "Idempotency-Key": keys.of(body) };
      const params = { path: { cohort }, header };
      const noted = await ok(api.POST("/api/cohorts/{cohort}/rights", { params, body }));
      route(`${BASE}/cohorts/${cohort}/rights/${noted.id}`);
    } catch (error) {
      setFailure(asFailure(error));
      setBusy(false);
    }
  };
  const select = <T extends string>(
    name: "rights_right" | "rights_channel",
    value: T | "",
    options: readonly T[],
    text: (option: T) => string,
    set: (value: T | "") => void,
  ) => (
    <Field label={t(name)}>
      {(attributes) => (
        <select
          {...attributes}
          required
          value={value}
          onChange={(event) => {
            const chosen = event.currentTarget.value;
            set(options.find((option) => option === chosen) ?? "");
          }}
        >
          <option value="">{t("choose")}</option>
          {options.map((option) => (
            <option key={option} value={option}>
              {text(option)}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
  return (
    <form class="card form wider" onSubmit={note}>
      <fieldset class="plain">
        <legend>{t("rights_whose")}</legend>
        {student === "" ? (
          <Find
            cohort={cohort}
            choose={(found) => {
              setStudent(found.id);
              setChosen(found);
              setMissing(false);
            }}
          />
        ) : (
          <p role="status">
            {chosen === undefined
              ? t("rights_by_id", { id: short(student) })
              : `${chosen.name}, ${chosen.section}, ${chosen.email}`}{" "}
            <button type="button" class="small" onClick={() => setStudent("")}>
              {t("find_another")}
            </button>
          </p>
        )}
        {missing && (
          <p class="fault" role="alert">
            {t("find_missing")}
          </p>
        )}
      </fieldset>
      {select("rights_right", kind, KINDS, (one) => t(`right_${one}`), setKind)}
      <PastTime
        label={t("rights_received_at")}
        hint={t("rights_received_hint")}
        value={received}
        set={setReceived}
      />
      {select("rights_channel", channel, CHANNELS, (one) => t(`rights_channel_${one}`), setChannel)}
      {failure !== undefined && <Wrong failure={failure} />}
      <button type="submit" class="main" disabled={busy}>
        {t("rights_note_go")}
      </button>
    </form>
  );
}

/** Everybody of the cohort is read for it, and each page of that is noted: only where somebody is to be found. */
function Find({ cohort, choose }: { cohort: string; choose: (found: Student) => void }) {
  const { t } = useWords();
  const { api } = useSigned();
  const [loaded, again] = useLoad(() => allStudents(api, cohort), [api, cohort]);
  return (
    <>
      <p class="quiet">{t("students_logged")}</p>
      <Ready of={loaded} again={again}>
        {(students) => (
          <StudentSearch students={students} without={[]} label={t("find_label")} choose={choose} />
        )}
      </Ready>
    </>
  );
}
