import { useState } from "preact/hooks";
import { ok } from "../api/client";
import { Failure } from "../api/failure";
import type { AuditEntry } from "../api/types";
import { Download } from "../downloads/download";
import { useWords } from "../i18n/words";
import { mayAct, useSigned } from "../parts/context";
import { usePages } from "../parts/load";
import { Badge, Field, Heading, Pager, Table } from "../parts/parts";

interface Filters {
  from: string;
  until: string;
  action: string;
}

const WEEK = 7 * 86_400_000;

/** The trail is read from the oldest entry on, so the page begins a week ago. */
function lastWeek(): Filters {
  const from = new Date(Date.now() - WEEK).toISOString().slice(0, 10);
  return { from, until: "", action: "" };
}

export function AuditPage() {
  const words = useWords();
  const { t } = words;
  const { api, me } = useSigned();
  const [fields, setFields] = useState<Filters>(lastWeek);
  const [filters, setFilters] = useState(fields);
  const pages = usePages(
    async (cursor) => {
      const query = { ...queryOf(filters), ...(cursor ? { cursor } : {}) };
      const page = await ok(api.GET("/api/audit", { params: { query } }));
      // A table is only sent to who asks for `text/csv`.
      if (typeof page === "string") throw new Failure("unexpected", undefined, undefined);
      return page;
    },
    [api, filters],
  );
  const field = (name: keyof Filters, type: "date" | "text") => (
    <Field label={t(`audit_${name}`)}>
      {(attributes) => (
        <input
          {...attributes}
          type={type}
          autoComplete="off"
          value={fields[name]}
          onInput={(event) => setFields({ ...fields, [name]: event.currentTarget.value })}
        />
      )}
    </Field>
  );
  return (
    <>
      <Heading title={t("audit_title")}>
        <p class="quiet">{t("audit_text")}</p>
      </Heading>
      <search>
        <form
          class="filters"
          onSubmit={(event) => {
            event.preventDefault();
            setFilters(fields);
          }}
        >
          {field("from", "date")}
          {field("until", "date")}
          {field("action", "text")}
          <button type="submit">{t("audit_search")}</button>
        </form>
      </search>
      <p class="quiet" role="status">
        {t("audit_searching", { n: words.number(pages.items.length) })}
      </p>
      {mayAct(me) && (
        <Download
          what="audit"
          of=""
          read={(lists, reading) => lists.audit(reading, queryOf(filters))}
        />
      )}
      {pages.items.length === 0 && !pages.loading && pages.failure === undefined && (
        <p>{t("audit_none")}</p>
      )}
      {pages.items.length > 0 && (
        <section class="card">
          <Table
            caption={t("audit_title")}
            columns={[
              t("audit_when"),
              t("audit_action"),
              t("audit_who"),
              t("audit_subjects"),
              t("audit_outcome"),
              t("audit_why"),
            ]}
            rows={pages.items.map((entry) => ({
              key: `${entry.sequence} ${entry.unique}`,
              cells: [
                words.time(entry.at),
                entry.action,
                <code>{actorOf(entry)}</code>,
                words.number(entry.subjects),
                <>
                  <Badge tone={entry.outcome === "done" ? "plain" : "bad"}>
                    {t(`audit_${entry.outcome}`)}
                  </Badge>{" "}
                  {entry.problem ?? ""}
                </>,
                entry.reason ?? t("none"),
              ],
            }))}
          />
        </section>
      )}
      <Pager pages={pages} />
    </>
  );
}

/** Who did it, short: ids are long, and their ends tell them apart. */
function actorOf({ actor }: AuditEntry): string {
  const id = actor.contact ?? actor.job ?? actor.student ?? "";
  return id.length > 16 ? `${id.slice(0, 4)}…${id.slice(-8)}` : id;
}

/** Days of Copenhagen begin an hour or two before those of UTC; a search by day takes UTC's, as the trail does. */
export function queryOf({ from, until, action }: Filters): Record<string, string> {
  return {
    ...(from ? { from: `${from}T00:00:00Z` } : {}),
    ...(until ? { until: `${until}T00:00:00Z` } : {}),
    ...(action.trim() ? { action: action.trim() } : {}),
  };
}
