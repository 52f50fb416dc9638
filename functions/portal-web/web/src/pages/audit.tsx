import { useState } from "preact/hooks";
import { ok } from "../api/client";
import { Failure } from "../api/failure";
import type { AuditEntry } from "../api/types";
import { Download } from "../downloads/download";
import { actions } from "../i18n/en-actions";
import { useWords } from "../i18n/words";
import { mayAct, useSigned } from "../parts/context";
import { usePages } from "../parts/load";
import { Badge, Field, Heading, Pager, Table } from "../parts/parts";
import { dayOf } from "../rights/steps";
import { instant } from "../settings/draft";

interface Filters {
  from: string;
  until: string;
  action: string;
}

const WEEK = 7 * 86_400_000;

/** Every action that has words. */
const ACTIONS = Object.keys(actions).map((key) => key.slice("action_".length));

/** The trail is read from the oldest entry on, so the page begins a week ago. */
function lastWeek(): Filters {
  const from = dayOf(new Date(Date.now() - WEEK));
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
  const field = (name: "from" | "until") => (
    <Field label={t(`audit_${name}`)}>
      {(attributes) => (
        <input
          {...attributes}
          type="date"
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
          {field("from")}
          {field("until")}
          <Field label={t("audit_action")}>
            {(attributes) => (
              <select
                {...attributes}
                value={fields.action}
                onChange={(event) => setFields({ ...fields, action: event.currentTarget.value })}
              >
                <option value="">{t("audit_any")}</option>
                {ACTIONS.map((action) => ({ action, told: words.action(action) ?? action }))
                  .sort((a, b) => a.told.localeCompare(b.told, words.language))
                  .map(({ action, told }) => (
                    <option key={action} value={action}>
                      {told}
                    </option>
                  ))}
              </select>
            )}
          </Field>
          <button type="submit">{t("audit_search")}</button>
        </form>
      </search>
      <p class="quiet" role="status">
        {words.n("audit_searching", pages.items.length)}
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
                <Told words={words.action(entry.action)} code={entry.action} />,
                <code>{actorOf(entry)}</code>,
                words.number(entry.subjects),
                <>
                  <Badge tone={entry.outcome === "done" ? "plain" : "bad"}>
                    {t(`audit_${entry.outcome}`)}
                  </Badge>{" "}
                  {entry.problem !== undefined && (
                    <Told words={words.refusal(entry.problem)} code={entry.problem} />
                  )}
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

/** A word of the trail: what it means, and beside it the word itself, by which entries are found elsewhere. */
function Told({ words, code }: { words: string | undefined; code: string }) {
  return (
    <>
      {words} <code class="coded address">{code}</code>
    </>
  );
}

/** Who did it, short: ids are long, and their ends tell them apart. */
function actorOf({ actor }: AuditEntry): string {
  const id = actor.contact ?? actor.job ?? actor.student ?? "";
  return id.length > 16 ? `${id.slice(0, 4)}…${id.slice(-8)}` : id;
}

/** A search by day takes Copenhagen's days, in which the page tells the entries' times. */
export function queryOf({ from, until, action }: Filters): Record<string, string> {
  return {
    ...bound("from", from),
    ...bound("until", until),
    ...(action ? { action } : {}),
  };
}

/** The moment at which a day begins in Copenhagen. */
function bound(name: "from" | "until", day: string): Record<string, string> {
  const at = day === "" ? undefined : instant(`${day}T00:00`);
  return at === undefined ? {} : { [name]: at };
}
