// What became of mails, live, and sending one of them once more.

import { useState } from "preact/hooks";
import { ok } from "../api/client";
import type { Message, MessageStatus } from "../api/types";
import { useWords } from "../i18n/words";
import { mayAct, useSigned } from "./context";
import { type Page, usePages } from "./load";
import { Badge, Confirm, Done, Email, Pager, Table, type Tone } from "./parts";

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
const OBSTACLES = [
  "kind",
  "under_way",
  "mail_not_agreed",
  "superseded",
  "student_missing",
  "suppressed",
  "restricted",
  "answered",
  "not_expected",
  "deadline_passed",
  "not_in_group",
  "not_published",
  "no_evaluation",
  "mailing_closed",
] as const;

/**
 * In how many seconds the counts are worth another look: soon while mails wait or are being sent, seldom while
 * their servers may still tell what became of them, and never once all is told.
 */
export function nextLook({ statuses }: Counts): number | undefined {
  const any = (...some: MessageStatus[]) => some.some((one) => (statuses[one] ?? 0) > 0);
  if (any("queued", "claimed", "unknown")) return 4;
  return any("accepted") ? 60 : undefined;
}

export interface Counts {
  total: number;
  statuses: Record<string, number>;
}

export function Mails({
  cohort,
  title,
  counts,
  load,
  keys,
  grouped,
  resends,
}: {
  cohort: string;
  title: string;
  counts: Counts;
  load: (query: {
    limit: number;
    status?: MessageStatus;
    cursor?: string;
  }) => Promise<Page<Message>>;
  /** Which mails they are. */
  keys: readonly unknown[];
  /** Whether they tell of groups. */
  grouped: boolean;
  /** Called when one is sent once more. */
  resends: () => void;
}) {
  const words = useWords();
  const { t } = words;
  const [status, setStatus] = useState<MessageStatus | undefined>();
  const [turn, setTurn] = useState(0);
  const [asking, setAsking] = useState<Message>();
  const [resent, setResent] = useState<Message>();
  const pages = usePages(
    (cursor) => load({ limit: 100, ...(status ? { status } : {}), ...(cursor ? { cursor } : {}) }),
    [...keys, status],
    // What stands in the list changes when the counts do.
    `${turn} ${JSON.stringify(counts.statuses)}`,
  );
  const counted = (one: MessageStatus) => counts.statuses[one] ?? 0;
  const empty = pages.items.length === 0 && !pages.loading && pages.failure === undefined;
  return (
    <>
      {counts.total > 0 && (
        <fieldset class="choices">
          <legend>{t("formation_status")}</legend>
          {[undefined, ...STATUSES.filter((one) => counted(one) > 0)].map((one) => (
            <label key={one ?? "all"}>
              <input
                type="radio"
                name="status"
                checked={status === one}
                onChange={() => setStatus(one)}
              />
              <span>
                {one === undefined ? t("status_all") : t(`status_${one}`)}{" "}
                <b>{words.number(one === undefined ? counts.total : counted(one))}</b>
              </span>
            </label>
          ))}
        </fieldset>
      )}
      {HELPED.filter((one) => counted(one) > 0).map((one) => (
        <p key={one} class="notice warn">
          <strong>{t(`status_${one}`)}:</strong> {t(`status_help_${one}`)}
        </p>
      ))}
      <Done text={resent === undefined ? undefined : t("resend_done", { name: called(resent) })} />
      {status !== undefined && empty && <p>{t("messages_none_like")}</p>}
      {pages.items.length > 0 && (
        <section class="card">
          <Table
            caption={title}
            columns={[
              t("message_student"),
              t("student_email"),
              t(grouped ? "group" : "message_kind"),
              t("formation_status"),
              t("message_when"),
              t("resend"),
            ]}
            rows={pages.items.map((message) => ({
              key: message.id,
              cells: [
                message.name ?? <i class="quiet">{t(nameless(message))}</i>,
                message.email === undefined ? t("none") : <Email of={message.email} />,
                grouped && message.group !== undefined
                  ? `${message.section ?? ""} · ${message.group}`
                  : t(message.again > 0 ? "message_again" : `kind_${message.kind}`),
                <>
                  <Badge tone={TONES[message.status]}>{t(`status_${message.status}`)}</Badge>
                  {message.failure !== undefined && (
                    <span class="quiet"> {t(failureKey(message.failure))}</span>
                  )}
                </>,
                words.time(message.status_at),
                <Again message={message} ask={() => setAsking(message)} />,
              ],
            }))}
          />
        </section>
      )}
      <Pager pages={pages} />
      {asking !== undefined && (
        <Resend
          cohort={cohort}
          message={asking}
          done={() => {
            setResent(asking);
            setAsking(undefined);
            setTurn((turn) => turn + 1);
            resends();
          }}
          cancel={() => setAsking(undefined)}
        />
      )}
    </>
  );
}

/** Why a mail was not sent or cannot be sent once more, where there are words for it. */
function failureKey(word: string) {
  const known = OBSTACLES.find((one) => one === word);
  return known === undefined ? ("obstacle_unknown" as const) : (`obstacle_${known}` as const);
}

/** Whoever has not answered is known by the address alone. */
const called = (message: Message) => message.name ?? message.email ?? "";

/** Why there is no name. */
const nameless = ({ kind, email }: Message) =>
  kind === "reminder" && email !== undefined ? "presence_waiting" : "member_gone";

function Again({ message, ask }: { message: Message; ask: () => void }) {
  const words = useWords();
  const { t } = words;
  const { me } = useSigned();
  if (message.resent_at !== undefined) {
    return <span class="quiet">{t("resent_at", { when: words.time(message.resent_at) })}</span>;
  }
  if (message.obstacle !== undefined) {
    return <span class="quiet">{t(failureKey(message.obstacle))}</span>;
  }
  if (!mayAct(me)) return <span>{t("none")}</span>;
  return (
    <button
      type="button"
      class="small"
      onClick={ask}
      aria-label={t("resend_to", { name: called(message) })}
    >
      {t("resend")}
    </button>
  );
}

/** Asks before a mail is sent once more; a repeated answer sends nothing twice. */
function Resend({
  cohort,
  message,
  done,
  cancel,
}: {
  cohort: string;
  message: Message;
  done: () => void;
  cancel: () => void;
}) {
  const { t } = useWords();
  const { api } = useSigned();
  const act = async () => {
    const params = { path: { cohort, message: message.id } };
    await ok(api.POST("/api/cohorts/{cohort}/messages/{message}/resend", { params }));
  };
  return (
    <Confirm title={t("resend_title")} action={t("resend")} act={act} done={done} cancel={cancel}>
      <p>
        {message.name === undefined
          ? t("resend_text_address", { email: message.email ?? "" })
          : t("resend_text", { name: message.name, email: message.email ?? "" })}
      </p>
      {message.status === "accepted" || message.status === "delivered" ? (
        <p class="notice warn">{t("resend_twice")}</p>
      ) : null}
    </Confirm>
  );
}
