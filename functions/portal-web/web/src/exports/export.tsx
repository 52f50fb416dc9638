// One export: how far it is, what is in it, until when it can be fetched.

import { useEffect, useRef, useState } from "preact/hooks";
import { useRoute } from "preact-iso";
import { ok } from "../api/client";
import { asFailure, type Failure } from "../api/failure";
import type { ExportFile, InstitutionExport } from "../api/types";
import { useWords } from "../i18n/words";
import { useSigned } from "../parts/context";
import { useLive } from "../parts/load";
import { Back, Fact, Facts, Heading, Ready, Table, Wrong } from "../parts/parts";
import { ExportBadge } from "./list";

/** Seconds between two looks while it is written; each look stands in the audit trail. */
const LOOK_AGAIN = 10;

/** Milliseconds that an address serves, counted here: a browser's clock may be another than ours. */
const SERVES = 5 * 60_000;

/** What says what the others are first; then as they are named. */
export function manifestFirst(files: readonly ExportFile[]): ExportFile[] {
  const rank = ({ name }: ExportFile) => (name === "manifest.json" ? 0 : 1);
  return [...files].sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1));
}

export function ExportPage() {
  const { t } = useWords();
  const { api, me } = useSigned();
  const id = useRoute().params.export ?? "";
  if (me.role !== "operator") {
    return (
      <>
        <Heading title={t("exports_title")} />
        <p class="card">{t("exports_not_yours")}</p>
      </>
    );
  }
  return (
    <>
      <Back to="/exports" place={t("exports_title")} />
      <Loaded key={id} api={api} id={id} />
    </>
  );
}

function Loaded({ api, id }: { api: ReturnType<typeof useSigned>["api"]; id: string }) {
  const words = useWords();
  const { t } = words;
  const [loaded, again] = useLive(
    async () => ({
      data: await ok(
        api.GET("/api/institution/exports/{export}", { params: { path: { export: id } } }),
      ),
      tag: undefined,
    }),
    [api, id],
    (data) => (data.export.status === "running" ? LOOK_AGAIN : undefined),
  );
  return (
    <Ready of={loaded} again={again} heads>
      {({ export: one, files }) => (
        <>
          <Heading title={t("export_of", { when: words.time(one.requested_at) })}>
            <p>
              <ExportBadge status={one.status} />
            </p>
          </Heading>
          <Progress one={one} />
          {one.status === "ready" && <Files id={id} files={manifestFirst(files)} />}
        </>
      )}
    </Ready>
  );
}

function Progress({ one }: { one: InstitutionExport }) {
  const words = useWords();
  const { t } = words;
  return (
    <section class="card">
      <p role="status">
        {one.failure === undefined
          ? t(`export_told_${one.status}`)
          : t(`export_failure_${one.failure}`)}
      </p>
      <Facts>
        {one.status === "running" && one.part !== undefined && (
          <Fact name={t("export_part")}>
            <code>{one.part}</code>
          </Fact>
        )}
        {one.ended_at !== undefined && (
          <Fact name={t(`export_ended_${one.status === "running" ? "ready" : one.status}`)}>
            {words.time(one.ended_at)}
          </Fact>
        )}
        {(one.status === "running" || one.status === "ready") && (
          <Fact name={t("export_expires")}>{words.time(one.expires_at)}</Fact>
        )}
      </Facts>
    </section>
  );
}

function Files({ id, files }: { id: string; files: ExportFile[] }) {
  const words = useWords();
  const { t } = words;
  const { api } = useSigned();
  const [failure, setFailure] = useState<Failure>();
  const [busy, setBusy] = useState(false);
  const [fetched, setFetched] = useState<Fetched>();
  const fetch = async (file: string) => {
    setBusy(true);
    setFailure(undefined);
    setFetched(undefined);
    try {
      const path = { export: id, file };
      const { url, expires_at } = await ok(
        api.GET("/api/institution/exports/{export}/files/{file}", { params: { path } }),
      );
      setFetched({ file, url, until: expires_at });
    } catch (error) {
      setFailure(asFailure(error));
    } finally {
      setBusy(false);
    }
  };
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return (
    <section class="card" aria-labelledby="files">
      <h2 id="files">{t("export_files")}</h2>
      <p>{t("export_files_text")}</p>
      <p class="quiet">
        {words.n("export_count", files.length)}, {words.bytes(bytes)}
      </p>
      <p role="status">
        {fetched !== undefined && (
          <Address key={fetched.url} fetched={fetched} over={() => setFetched(undefined)} />
        )}
      </p>
      {failure !== undefined && <Wrong failure={failure} />}
      <Table
        caption={t("export_files")}
        columns={[
          t("export_file"),
          t("export_items"),
          t("export_size"),
          "SHA-256",
          t("export_get"),
        ]}
        rows={files.map((file) => ({
          key: file.name,
          cells: [
            <span class="address">{file.name}</span>,
            words.number(file.items),
            words.bytes(file.bytes),
            <code class="address">{file.sha256}</code>,
            <button
              type="button"
              class="small"
              disabled={busy}
              aria-label={t("export_get_of", { file: file.name })}
              onClick={() => fetch(file.name)}
            >
              {t("export_get")}
            </button>,
          ],
        }))}
      />
    </section>
  );
}

interface Fetched {
  file: string;
  url: string;
  until: string;
}

/**
 * The way to a file, for as long as it serves. It is followed by whoever asked for it: a window that a page opens after
 * an answer came is one that browsers block. It takes the focus, because it stands above a list that may be long.
 */
function Address({ fetched, over }: { fetched: Fetched; over: () => void }) {
  const words = useWords();
  const link = useRef<HTMLAnchorElement>(null);
  useEffect(() => {
    link.current?.focus();
    const timer = setTimeout(over, SERVES);
    return () => clearTimeout(timer);
    // once for each address
  }, []);
  const { file, url, until } = fetched;
  return (
    <>
      <a ref={link} href={url} target="_blank" rel="noopener noreferrer">
        {words.t("export_open", { file })}
      </a>{" "}
      {words.t("export_fetched", { when: words.time(until) })}
    </>
  );
}
