import { useState } from "preact/hooks";
import { ok } from "../api/client";
import { asFailure, type Failure } from "../api/failure";
import type { Erasure, SubprocessorNotice, Subprocessors } from "../api/types";
import { useWords } from "../i18n/words";
import { mayAct, useSigned } from "../parts/context";
import { downloadCertificate } from "../parts/download";
import { useLoad, usePages } from "../parts/load";
import {
  Badge,
  Confirm,
  Done,
  Fact,
  Facts,
  Field,
  Heading,
  Link,
  Pager,
  Ready,
  Table,
  type Tone,
  Wrong,
} from "../parts/parts";

export function DataPage() {
  const { t } = useWords();
  const { me } = useSigned();
  return (
    <>
      <Heading title={t("data_title")} />
      {mayAct(me) && (
        <p>
          <Link to="/breaches">{t("breaches_link")}</Link>
        </p>
      )}
      {me.role === "operator" && (
        <p>
          <Link to="/exports">{t("exports_link")}</Link>
        </p>
      )}
      <section class="card" aria-labelledby="terms">
        <h2 id="terms">{t("data_terms")}</h2>
        <p>{t("data_terms_text")}</p>
        <Terms />
      </section>
      <Erasures />
      <Register />
    </>
  );
}

function Terms() {
  const words = useWords();
  const { t } = words;
  const { api, me } = useSigned();
  const pages = usePages(
    (cursor) => ok(api.GET("/api/cohorts", { params: { query: cursor ? { cursor } : {} } })),
    [api],
  );
  return (
    <>
      {pages.items.length > 0 && (
        <Table
          caption={t("data_terms")}
          columns={[t("cohort"), t("delete_on")]}
          rows={pages.items.map((cohort) => ({
            key: cohort.id,
            cells: [
              mayAct(me) ? (
                <Link to={`/cohorts/${cohort.id}/data`}>{words.of(cohort.name)}</Link>
              ) : (
                words.of(cohort.name)
              ),
              words.day(cohort.delete_on),
            ],
          }))}
        />
      )}
      <Pager pages={pages} />
    </>
  );
}

const TONES: Record<Erasure["status"], Tone> = {
  requested: "plain",
  running: "busy",
  failed: "bad",
  completed: "good",
};

function Erasures() {
  const words = useWords();
  const { t } = words;
  const { api } = useSigned();
  const [failure, setFailure] = useState<Failure>();
  const pages = usePages(
    (cursor) => ok(api.GET("/api/erasures", { params: { query: cursor ? { cursor } : {} } })),
    [api],
  );
  const what = (erasure: Erasure) => {
    const scope = t(`erasure_scope_${erasure.scope}`);
    return erasure.name === undefined ? scope : `${scope}: ${words.of(erasure.name)}`;
  };
  const download = async (erasure: Erasure, format: "json" | "pdf") => {
    setFailure(undefined);
    try {
      await downloadCertificate(api, erasure.id, format, words.language);
    } catch (error) {
      setFailure(asFailure(error));
    }
  };
  const button = (erasure: Erasure, format: "json" | "pdf") => (
    <button
      type="button"
      class="small"
      aria-label={t("download_of", { what: what(erasure), format: t(`certificate_${format}`) })}
      onClick={() => download(erasure, format)}
    >
      {t(`certificate_${format}`)}
    </button>
  );
  return (
    <section class="card" aria-labelledby="erasures">
      <h2 id="erasures">{t("erasures")}</h2>
      {failure !== undefined && <Wrong failure={failure} />}
      {pages.items.length === 0 && !pages.loading && pages.failure === undefined && (
        <p>{t("erasures_none")}</p>
      )}
      {pages.items.length > 0 && (
        <Table
          caption={t("erasures")}
          columns={[
            t("erasure_what"),
            t("erasure_reason"),
            t("formation_status"),
            t("erasure_completed"),
            t("certificate"),
          ]}
          rows={pages.items.map((erasure) => ({
            key: erasure.id,
            cells: [
              what(erasure),
              t(`reason_${erasure.reason}`),
              <Badge tone={TONES[erasure.status]}>{t(`erasure_status_${erasure.status}`)}</Badge>,
              erasure.completed_at === undefined ? t("none") : words.time(erasure.completed_at),
              erasure.status === "completed" ? (
                <span class="buttons">
                  {button(erasure, "pdf")} {button(erasure, "json")}
                </span>
              ) : (
                <span class="quiet">{t("certificate_none")}</span>
              ),
            ],
          }))}
        />
      )}
      <Pager pages={pages} />
    </section>
  );
}

function Register() {
  const words = useWords();
  const { t } = words;
  const { api, me } = useSigned();
  const [loaded, again] = useLoad(() => ok(api.GET("/api/subprocessors")), [api]);
  const [notice, setNotice] = useState<SubprocessorNotice>();
  const [done, setDone] = useState(false);
  return (
    <section class="card" aria-labelledby="register">
      <h2 id="register">{t("subprocessors")}</h2>
      <Done text={done ? t("objection_done") : undefined} />
      <Ready of={loaded} again={again}>
        {(register) => (
          <>
            <p class="quiet">
              {t("subprocessors_reviewed", { date: words.day(register.reviewed_on) })}
            </p>
            {register.notices.length > 0 && (
              <>
                <h3>{t("notices")}</h3>
                {register.notices.map((one) => (
                  <Notice
                    key={`${one.entry} ${one.announced_at}`}
                    notice={one}
                    object={mayAct(me) ? () => setNotice(one) : undefined}
                  />
                ))}
              </>
            )}
            {register.entries.map((entry) => (
              <Entry key={entry.id} entry={entry} />
            ))}
          </>
        )}
      </Ready>
      {notice !== undefined && (
        <Objection
          notice={notice}
          cancel={() => setNotice(undefined)}
          done={() => {
            setNotice(undefined);
            setDone(true);
            again();
          }}
        />
      )}
    </section>
  );
}

function Entry({ entry }: { entry: Subprocessors["entries"][number] }) {
  const words = useWords();
  const { t } = words;
  return (
    <>
      <h3>
        {entry.name}{" "}
        <Badge tone={entry.effective ? "good" : "busy"}>
          {entry.effective
            ? t("subprocessor_effective")
            : t("subprocessor_announced", { date: words.day(entry.effective_from) })}
        </Badge>
      </h3>
      <Facts>
        <Fact name={t("subprocessor_does")}>{words.of(entry.processing)}</Fact>
        <Fact name={t("subprocessor_where")}>{words.of(entry.location)}</Fact>
        <Fact name={t("subprocessor_basis")}>{words.of(entry.transfer)}</Fact>
      </Facts>
    </>
  );
}

function Notice({
  notice,
  object,
}: {
  notice: SubprocessorNotice;
  object?: (() => void) | undefined;
}) {
  const words = useWords();
  const { t } = words;
  const { objection } = notice;
  return (
    <div class="notice warn">
      <p>{t("notice_of", { name: notice.name, date: words.day(notice.effective_from) })}</p>
      {objection !== undefined && (
        <p>{t("notice_objected", { when: words.time(objection.at), reason: objection.reason })}</p>
      )}
      {objection === undefined && notice.open && object !== undefined && (
        <button type="button" onClick={object}>
          {t("notice_object")}
        </button>
      )}
    </div>
  );
}

function Objection({
  notice,
  done,
  cancel,
}: {
  notice: SubprocessorNotice;
  done: () => void;
  cancel: () => void;
}) {
  const { t } = useWords();
  const { api } = useSigned();
  const [text, setText] = useState("");
  const act = async () => {
    const params = { path: { entry: notice.entry } };
    await ok(api.POST("/api/subprocessors/{entry}/objection", { params, body: { reason: text } }));
  };
  return (
    <Confirm
      title={t("objection_title", { name: notice.name })}
      action={t("objection_confirm")}
      act={act}
      done={done}
      cancel={cancel}
    >
      <p>{t("objection_text")}</p>
      <Field label={t("objection_label")}>
        {(attributes) => (
          <textarea
            {...attributes}
            required
            maxLength={1000}
            rows={4}
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
          />
        )}
      </Field>
    </Confirm>
  );
}
