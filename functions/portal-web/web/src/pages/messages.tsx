import { useState } from "preact/hooks";
import { useRoute } from "preact-iso";
import { ifChanged, ok } from "../api/client";
import type { MessageStatus } from "../api/types";
import { useWords } from "../i18n/words";
import { useSigned } from "../parts/context";
import { useLive, usePages } from "../parts/load";
import { Back, Badge, Heading, Pager, Ready, Table, type Tone } from "../parts/parts";

const TONES: Record<MessageStatus, Tone> = {
  queued: "plain",
  claimed: "busy",
  unknown: "busy",
  accepted: "plain",
  delivered: "good",
  bounced: "bad",
  complained: "bad",
  failed: "bad",
};
const STATUSES = Object.keys(TONES) as MessageStatus[];
const HELPED = ["bounced", "failed", "unknown"] as const;

export function MessagesPage() {
  const words = useWords();
  const { t } = words;
  const { api } = useSigned();
  const { cohort = "", formation = "" } = useRoute().params;
  const path = { cohort, formation };
  const [status, setStatus] = useState<MessageStatus | undefined>();
  const [summary, again] = useLive(
    (tag) =>
      ifChanged(
        api.GET("/api/cohorts/{cohort}/formations/{formation}/messages/summary", {
          params: { path },
          headers: tag === undefined ? {} : { "If-None-Match": tag },
        }),
      ),
    [api, cohort, formation],
    () => 4,
  );
  const counts = summary.state === "ready" ? summary.data.statuses : undefined;
  const pages = usePages(
    (cursor) =>
      ok(
        api.GET("/api/cohorts/{cohort}/formations/{formation}/messages", {
          params: {
            path,
            query: { limit: 100, ...(status ? { status } : {}), ...(cursor ? { cursor } : {}) },
          },
        }),
      ),
    // What stands in the list changes when the counts do.
    [api, cohort, formation, status, JSON.stringify(counts)],
  );
  return (
    <>
      <Back to={`/cohorts/${cohort}/formations/${formation}`} place={t("groups")} />
      <Heading title={t("messages_title")}>
        <p class="quiet">{t("students_logged")}</p>
      </Heading>
      <Ready of={summary} again={again}>
        {(data) =>
          data.total === 0 ? (
            <p>{t("messages_none")}</p>
          ) : (
            <fieldset class="choices">
              <legend>{t("formation_status")}</legend>
              {[undefined, ...STATUSES.filter((one) => (data.statuses[one] ?? 0) > 0)].map(
                (one) => (
                  <label key={one ?? "all"}>
                    <input
                      type="radio"
                      name="status"
                      checked={status === one}
                      onChange={() => setStatus(one)}
                    />
                    <span>
                      {one === undefined ? t("status_all") : t(`status_${one}`)}{" "}
                      <b>
                        {words.number(one === undefined ? data.total : (data.statuses[one] ?? 0))}
                      </b>
                    </span>
                  </label>
                ),
              )}
            </fieldset>
          )
        }
      </Ready>
      {HELPED.filter((one) => (counts?.[one] ?? 0) > 0).map((one) => (
        <p key={one} class="notice warn">
          <strong>{t(`status_${one}`)}:</strong> {t(`status_help_${one}`)}
        </p>
      ))}
      {counts !== undefined &&
        status !== undefined &&
        pages.items.length === 0 &&
        !pages.loading &&
        pages.failure === undefined && <p>{t("messages_none_like")}</p>}
      {pages.items.length > 0 && (
        <section class="card">
          <Table
            caption={t("messages_title")}
            columns={[
              t("message_student"),
              t("student_email"),
              t("group"),
              t("message_kind"),
              t("formation_status"),
              t("message_when"),
              t("message_attempts"),
            ]}
            rows={pages.items.map((message) => ({
              key: message.id,
              cells: [
                message.name ?? <i class="quiet">{t("member_gone")}</i>,
                <span class="address">{message.email ?? t("none")}</span>,
                message.group === undefined
                  ? t("none")
                  : `${message.section ?? ""} · ${message.group}`,
                t(`kind_${message.kind}`),
                <>
                  <Badge tone={TONES[message.status]}>{t(`status_${message.status}`)}</Badge>
                  {message.failure !== undefined && <span class="quiet"> {message.failure}</span>}
                </>,
                words.time(message.status_at),
                words.number(message.attempts),
              ],
            }))}
          />
        </section>
      )}
      <Pager pages={pages} />
    </>
  );
}
