import { useState } from "preact/hooks";
import { useRoute } from "preact-iso";
import { ok } from "../api/client";
import { asFailure, type Failure } from "../api/failure";
import type { Retention } from "../api/types";
import { useWords } from "../i18n/words";
import { useSigned } from "../parts/context";
import { useLoad } from "../parts/load";
import { Back, Confirm, Done, Fact, Facts, Field, Heading, Ready, Wrong } from "../parts/parts";

export function RetentionPage() {
  const words = useWords();
  const { t } = words;
  const { api, me } = useSigned();
  const cohort = useRoute().params.cohort ?? "";
  const path = { cohort };
  const [named] = useLoad(
    () => ok(api.GET("/api/cohorts/{cohort}", { params: { path } })),
    [api, cohort],
  );
  const [loaded, again] = useLoad(
    () => ok(api.GET("/api/cohorts/{cohort}/retention", { params: { path } })),
    [api, cohort],
  );
  const [changed, setChanged] = useState<{ retention: Retention; how: "saved" | "revoked" }>();
  return (
    <>
      <Back
        to={`/cohorts/${cohort}`}
        place={named.state === "ready" ? words.of(named.data.name) : t("cohort")}
      />
      <Heading title={t("retention_title")} />
      <Done text={changed === undefined ? undefined : t(`retention_${changed.how}`)} />
      <Ready of={loaded} again={again}>
        {(read) => {
          const retention = changed?.retention ?? read;
          return (
            <>
              <Term retention={retention} />
              {me.role === "operator" && (
                <Instruct cohort={cohort} retention={retention} changed={setChanged} />
              )}
            </>
          );
        }}
      </Ready>
    </>
  );
}

function Term({ retention }: { retention: Retention }) {
  const words = useWords();
  const { t } = words;
  const { extension } = retention;
  return (
    <section class="card">
      <p class="lead">{t("retention_on", { date: words.day(retention.delete_on) })}</p>
      <p>{t("retention_what")}</p>
      <Facts>
        <Fact name={t("retention_regular")}>{words.day(retention.regular_delete_on)}</Fact>
        <Fact name={t("retention_latest")}>{words.day(retention.latest_extension)}</Fact>
      </Facts>
      <h2>{t("retention_extension")}</h2>
      {extension === undefined ? (
        <p>{t("retention_no_extension")}</p>
      ) : (
        <Facts>
          <Fact name={t("retention_until")}>{words.day(extension.until)}</Fact>
          <Fact name={t("retention_given_by")}>{extension.given_by}</Fact>
          <Fact name={t("retention_given_on")}>{words.day(extension.given_on)}</Fact>
          <Fact name={t("retention_reference")}>{extension.reference}</Fact>
          <Fact name={t("retention_noted")}>{words.time(extension.noted_at)}</Fact>
        </Facts>
      )}
    </section>
  );
}

interface Changed {
  retention: Retention;
  how: "saved" | "revoked";
}

function Instruct({
  cohort,
  retention,
  changed,
}: {
  cohort: string;
  retention: Retention;
  changed: (to: Changed) => void;
}) {
  const words = useWords();
  const { t } = words;
  const { api } = useSigned();
  const params = { path: { cohort } };
  const address = "/api/cohorts/{cohort}/retention/extension";
  const [fields, setFields] = useState({ until: "", given_by: "", given_on: "", reference: "" });
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const [revoking, setRevoking] = useState(false);
  const save = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setFailure(undefined);
    try {
      const saved = await ok(api.PUT(address, { params, body: fields }));
      changed({ retention: saved, how: "saved" });
      setFields({ until: "", given_by: "", given_on: "", reference: "" });
    } catch (error) {
      setFailure(asFailure(error));
    } finally {
      setBusy(false);
    }
  };
  const input = (name: keyof typeof fields, type: "date" | "text", limit: object = {}) => (
    <Field label={t(`retention_${name}`)}>
      {(attributes) => (
        <input
          {...attributes}
          {...limit}
          type={type}
          required
          value={fields[name]}
          onInput={(event) => setFields({ ...fields, [name]: event.currentTarget.value })}
        />
      )}
    </Field>
  );
  return (
    <section class="card" aria-labelledby="instruct">
      <h2 id="instruct">{t("retention_extend")}</h2>
      <form onSubmit={save} class="form">
        {input("until", "date", { max: retention.latest_extension })}
        {input("given_by", "text", { maxLength: 200, autoComplete: "off" })}
        {input("given_on", "date")}
        {input("reference", "text", { maxLength: 200, autoComplete: "off" })}
        {failure !== undefined && <Wrong failure={failure} />}
        <div class="actions start">
          <button type="submit" class="main" disabled={busy}>
            {t("retention_save")}
          </button>
          {retention.extension !== undefined && (
            <button type="button" onClick={() => setRevoking(true)}>
              {t("retention_revoke")}
            </button>
          )}
        </div>
      </form>
      {revoking && (
        <Confirm
          title={t("retention_revoke_title")}
          action={t("retention_revoke")}
          danger
          act={async () =>
            changed({ retention: await ok(api.DELETE(address, { params })), how: "revoked" })
          }
          done={() => setRevoking(false)}
          cancel={() => setRevoking(false)}
        >
          <p>{t("retention_revoke_text", { date: words.day(retention.regular_delete_on) })}</p>
        </Confirm>
      )}
    </section>
  );
}
