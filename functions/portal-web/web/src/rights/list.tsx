// Requests of students who make use of a right: of one cohort, or of all. Only operators handle them.

import { useState } from "preact/hooks";
import { useRoute } from "preact-iso";
import { ok } from "../api/client";
import type { RightsRequest } from "../api/types";
import { useWords } from "../i18n/words";
import { useSigned } from "../parts/context";
import { useLoad, usePages } from "../parts/load";
import { Back, Badge, Field, Heading, Link, Pager, Ready, Table, type Tone } from "../parts/parts";
import { short } from "../parts/short";
import { Search } from "./search";
import { isOpen, urgentFirst } from "./steps";

const TONES: Record<RightsRequest["status"], Tone> = {
  received: "busy",
  acknowledged: "busy",
  confirmed: "busy",
  fulfilled: "good",
  refused: "plain",
  lifted: "plain",
};

export function RequestBadge({ request }: { request: RightsRequest }) {
  const { t } = useWords();
  return <Badge tone={TONES[request.status]}>{t(`rights_status_${request.status}`)}</Badge>;
}

/** What is late or close, in words. */
export function Alert({ request }: { request: RightsRequest }) {
  const { t } = useWords();
  if (request.alert === undefined) return null;
  return (
    <Badge tone={request.alert === "due_soon" ? "busy" : "bad"}>
      {t(`rights_alert_${request.alert}`)}
    </Badge>
  );
}

/** Pages that others than operators reach only by an address that somebody gave them. */
export function NotYours() {
  const { t } = useWords();
  return <p class="card">{t("operators_only")}</p>;
}

function Requests({ items }: { items: { cohort: string; place?: string; one: RightsRequest }[] }) {
  const words = useWords();
  const { t } = words;
  const named = items.some(({ place }) => place !== undefined);
  return (
    <section class="card">
      <Table
        caption={t("rights_title")}
        columns={[
          t("rights_right"),
          ...(named ? [t("cohort")] : []),
          t("state"),
          t("rights_received"),
          t("rights_acknowledge_by"),
          t("rights_due"),
          t("message_student"),
        ]}
        rows={items.map(({ cohort, place, one }) => ({
          key: one.id,
          cells: [
            <>
              <Link to={`/cohorts/${cohort}/rights/${one.id}`}>{t(`right_${one.kind}`)}</Link>{" "}
              <Alert request={one} />
            </>,
            ...(named ? [place] : []),
            <RequestBadge request={one} />,
            words.time(one.received_at),
            one.acknowledged_at === undefined && isOpen(one)
              ? words.time(one.acknowledge_by)
              : t("none"),
            isOpen(one) ? words.day(one.due_on) : t("none"),
            <code>{short(one.student)}</code>,
          ],
        }))}
      />
    </section>
  );
}

export function AllRequestsPage() {
  const words = useWords();
  const { t } = words;
  const { me } = useSigned();
  return (
    <>
      <Heading title={t("rights_title")}>
        <p class="quiet">{t("rights_text")}</p>
      </Heading>
      {me.role === "operator" ? <All /> : <NotYours />}
    </>
  );
}

function All() {
  const words = useWords();
  const { t } = words;
  const { api } = useSigned();
  const [ended, setEnded] = useState(false);
  const [cohorts] = useLoad(
    () => ok(api.GET("/api/cohorts", { params: { query: { limit: 200 } } })),
    [api],
  );
  const pages = usePages(
    (cursor) =>
      ok(
        api.GET("/api/rights", {
          params: {
            query: { ...(ended ? {} : { status: "open" }), ...(cursor ? { cursor } : {}) },
          },
        }),
      ),
    [api, ended],
  );
  const place = (id: string) => {
    const found =
      cohorts.state === "ready" ? cohorts.data.items.find((cohort) => cohort.id === id) : undefined;
    return found === undefined ? short(id) : words.of(found.name);
  };
  return (
    <>
      <div class="filters">
        <Field label={t("roster_show")}>
          {(attributes) => (
            <select
              {...attributes}
              value={ended ? "all" : "open"}
              onChange={(event) => setEnded(event.currentTarget.value === "all")}
            >
              <option value="open">{t("rights_open")}</option>
              <option value="all">{t("rights_all")}</option>
            </select>
          )}
        </Field>
      </div>
      {pages.items.length === 0 && !pages.loading && pages.failure === undefined && (
        <p>{t(ended ? "rights_none" : "rights_none_open")}</p>
      )}
      {pages.items.length > 0 && (
        <Requests
          items={pages.items.map(({ cohort, request }) => ({
            cohort,
            place: place(cohort),
            one: request,
          }))}
        />
      )}
      <Pager pages={pages} />
      <Search />
    </>
  );
}

export function CohortRequestsPage() {
  const words = useWords();
  const { t } = words;
  const { api, me } = useSigned();
  const cohort = useRoute().params.cohort ?? "";
  const [named] = useLoad(
    () => ok(api.GET("/api/cohorts/{cohort}", { params: { path: { cohort } } })),
    [api, cohort],
  );
  return (
    <>
      <Back
        to={`/cohorts/${cohort}`}
        place={named.state === "ready" ? words.of(named.data.name) : t("cohort")}
      />
      <Heading title={t("rights_title")}>
        <p class="quiet">{t("rights_text")}</p>
      </Heading>
      {me.role === "operator" ? <OfCohort cohort={cohort} /> : <NotYours />}
    </>
  );
}

function OfCohort({ cohort }: { cohort: string }) {
  const { t } = useWords();
  const { api } = useSigned();
  const [loaded, again] = useLoad(
    () => ok(api.GET("/api/cohorts/{cohort}/rights", { params: { path: { cohort } } })),
    [api, cohort],
  );
  return (
    <>
      <div class="actions start">
        <Link to={`/cohorts/${cohort}/new-request`} class="button main">
          {t("rights_note")}
        </Link>
      </div>
      <Ready of={loaded} again={again}>
        {({ items }) =>
          items.length === 0 ? (
            <p>{t("rights_none")}</p>
          ) : (
            <Requests items={urgentFirst(items).map((one) => ({ cohort, one }))} />
          )
        }
      </Ready>
    </>
  );
}
