// Everything that is stored of the institution, to hand back: asked for here, written in the background.

import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { ok } from "../api/client";
import type { InstitutionExport } from "../api/types";
import { useWords } from "../i18n/words";
import { useSigned } from "../parts/context";
import { useKeys } from "../parts/key";
import { usePages } from "../parts/load";
import { Back, Badge, Confirm, Heading, Link, Pager, Table, type Tone } from "../parts/parts";
import { BASE } from "../session/session";

const TONES: Record<InstitutionExport["status"], Tone> = {
  running: "busy",
  ready: "good",
  failed: "bad",
  expired: "plain",
};

export function ExportBadge({ status }: { status: InstitutionExport["status"] }) {
  const { t } = useWords();
  return <Badge tone={TONES[status]}>{t(`export_status_${status}`)}</Badge>;
}

export function ExportsPage() {
  const { t } = useWords();
  const { me } = useSigned();
  return (
    <>
      <Back to="/data" place={t("data_title")} />
      <Heading title={t("exports_title")}>
        <p class="quiet">{t("exports_text")}</p>
      </Heading>
      {me.role === "operator" ? <Exports /> : <p class="card">{t("exports_not_yours")}</p>}
    </>
  );
}

function Exports() {
  const words = useWords();
  const { t } = words;
  const { api } = useSigned();
  const [asking, setAsking] = useState(false);
  const pages = usePages(
    (cursor) =>
      ok(api.GET("/api/institution/exports", { params: { query: cursor ? { cursor } : {} } })),
    [api],
  );
  const none = pages.items.length === 0 && !pages.loading && pages.failure === undefined;
  return (
    <>
      <div class="actions start">
        <button type="button" class="main" onClick={() => setAsking(true)}>
          {t("export_ask")}
        </button>
      </div>
      {none && <p>{t("exports_none")}</p>}
      {pages.items.length > 0 && (
        <section class="card">
          <Table
            caption={t("exports_title")}
            columns={[t("formation_requested"), t("formation_status"), t("export_expires")]}
            rows={pages.items.map((one) => ({
              key: one.id,
              cells: [
                <Link to={`/exports/${one.id}`}>{words.time(one.requested_at)}</Link>,
                <ExportBadge status={one.status} />,
                one.status === "running" || one.status === "ready"
                  ? words.time(one.expires_at)
                  : t("none"),
              ],
            }))}
          />
        </section>
      )}
      <Pager pages={pages} />
      {asking && <Ask cancel={() => setAsking(false)} />}
    </>
  );
}

/** The same key as long as the dialog is open: an answer that was lost leaves no second export. */
function Ask({ cancel }: { cancel: () => void }) {
  const { t } = useWords();
  const { api } = useSigned();
  const { route } = useLocation();
  const keys = useKeys();
  const act = async () => {
    const header = { "Idempotency-Key": keys.of("export") };
    const begun = await ok(api.POST("/api/institution/export", { params: { header } }));
    route(`${BASE}/exports/${begun.id}`);
  };
  return (
    <Confirm
      title={t("export_ask_title")}
      action={t("export_ask")}
      act={act}
      done={cancel}
      cancel={cancel}
    >
      <p>{t("export_ask_text")}</p>
    </Confirm>
  );
}
