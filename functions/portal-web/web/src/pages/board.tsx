import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { type Api, ok } from "../api/client";
import type { Change, Group } from "../api/types";
import { Download } from "../downloads/download";
import { useWords } from "../i18n/words";
import { mayAct, useSigned } from "../parts/context";
import { useLoad } from "../parts/load";
import { Badge, Bar, Ready } from "../parts/parts";
import { SectionChoice } from "../parts/section";
import { AnewDialog } from "./anew";
import { groupOf, type Hands, HandsBar, isAt, MoveDialog, useHands } from "./hands";

/** Cards that are drawn at first and with each further step; a board of thousands stays fluid. */
const STEP = 60;

/** All groups of a formation, the weakest first. */
export function Board({
  cohort,
  name,
  formation,
  status,
  version,
  changed,
  editable,
  rest,
}: {
  cohort: string;
  /** The cohort's. */
  name: string;
  formation: string;
  status: string;
  /** How often the groups were changed by hand. */
  version: number;
  /** Looks again how often that is. */
  changed: () => void;
  /** Whether the groups still await a decision. */
  editable: boolean;
  /** Whether there is a rest to be formed anew; a repair has none. */
  rest: boolean;
}) {
  const { t } = useWords();
  const { api, me } = useSigned();
  const [loaded, again] = useLoad(
    () => allGroups(api, cohort, formation),
    [api, cohort, formation, status],
  );
  // Somebody else changed them: what is there stays until the new comes.
  const shown = useRef(version);
  useEffect(() => {
    if (shown.current !== version) again();
    shown.current = version;
  }, [version, again]);
  return (
    <section aria-labelledby="groups">
      <h2 id="groups">{t("groups")}</h2>
      <Ready of={loaded} again={again}>
        {(groups) => (
          <Cards
            groups={groups}
            name={name}
            place={{ cohort, formation }}
            active={editable && mayAct(me)}
            rest={rest}
            version={version}
            again={() => {
              again();
              changed();
            }}
          />
        )}
      </Ready>
    </section>
  );
}

async function allGroups(api: Api, cohort: string, formation: string): Promise<Group[]> {
  const groups: Group[] = [];
  let cursor: string | undefined;
  do {
    const page = await ok(
      api.GET("/api/cohorts/{cohort}/formations/{formation}/groups", {
        params: {
          path: { cohort, formation },
          query: { limit: 200, ...(cursor ? { cursor } : {}) },
        },
      }),
    );
    groups.push(...page.items);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  return weakestFirst(groups);
}

/** Broken must-rules weigh more than any score; then the lowest score; then as they are numbered. */
export function weakestFirst(groups: readonly Group[]): Group[] {
  const broken = (group: Group) => group.criteria.filter((one) => one.must_broken).length;
  return [...groups].sort(
    (a, b) =>
      broken(b) - broken(a) ||
      a.score - b.score ||
      a.section.localeCompare(b.section) ||
      a.number - b.number,
  );
}

function Cards({
  groups,
  name,
  place,
  version,
  active,
  rest,
  again,
}: {
  groups: Group[];
  name: string;
  place: { cohort: string; formation: string };
  version: number;
  active: boolean;
  rest: boolean;
  again: () => void;
}) {
  const words = useWords();
  const hands = useHands(place, groups, version, active, again);
  const [forming, setForming] = useState(false);
  const [moving, setMoving] = useState<{ id: string; name: string }>();
  const { t } = words;
  const [section, setSection] = useState("");
  const [shown, setShown] = useState(STEP);
  const sections = [...new Set(groups.map((group) => group.section))].sort();
  const wanted = section ? groups.filter((group) => group.section === section) : groups;
  const visible = wanted.slice(0, shown);
  const { dragged } = hands;
  const from = useMemo(
    () => (dragged === undefined ? undefined : groupOf(groups, dragged)),
    [groups, dragged],
  );
  // What a card does is decided when something happens to it, so that none is drawn anew for what others may do.
  const latest = useRef<Latest>({ groups, hands });
  latest.current = { groups, hands };
  return (
    <>
      {active && <HandsBar hands={hands} anew={rest ? () => setForming(true) : undefined} />}
      {forming && hands.board !== undefined && (
        <AnewDialog
          place={place}
          board={hands.board}
          cancel={() => {
            setForming(false);
            // Somebody else may have been the reason why it did not work.
            hands.refresh();
          }}
        />
      )}
      {moving !== undefined && (
        <MoveDialog
          {...place}
          groups={groups}
          student={moving}
          hands={hands}
          close={() => setMoving(undefined)}
        />
      )}
      <div class="filters">
        <SectionChoice sections={sections} chosen={section} choose={setSection} />
        <p class="quiet" role="status">
          {t("groups_worst_first")}{" "}
          {t("shown_of", {
            shown: words.number(visible.length),
            all: words.number(wanted.length),
          })}
        </p>
      </div>
      <Download
        what="groups"
        of={name}
        read={(lists, reading) => lists.groups(reading, place.cohort, place.formation, section)}
      />
      <ul class="cards board">
        {visible.map((group) => (
          <Droppable
            key={`${group.section} ${group.number}`}
            group={group}
            takes={from !== undefined && from !== group && from.section === group.section}
            held={heldOf(group, hands.board)}
            busy={hands.busy}
            latest={latest}
            move={setMoving}
          />
        ))}
      </ul>
      {wanted.length > shown && (
        <p>
          <button type="button" onClick={() => setShown((shown) => shown + STEP)}>
            {t("more")}
          </button>
        </p>
      )}
    </>
  );
}

/** Criteria that a card shows without being asked: the weakest. */
const CRITERIA = 4;

/** The groups and the hands as they are when something happens. */
interface Latest {
  groups: Group[];
  hands: Hands;
}

/** What is held fast of a group, as a text: it is the same until something of it changes. */
function heldOf(group: Group, board: Hands["board"]): string | undefined {
  if (!board?.editable) return undefined;
  const locked = board.locked.some((place) => isAt(group, place));
  const pinned = group.members.filter(({ id }) => board.pinned.includes(id));
  return [locked ? "locked" : "", ...pinned.map(({ id }) => id)].join(" ");
}

/** What dropping the student who is dragged onto a group, or onto one of its members, would be. */
function changeOnto({ groups, hands }: Latest, group: Group, member?: string): Change | undefined {
  const student = hands.dragged;
  const from = student === undefined ? undefined : groupOf(groups, student);
  if (student === undefined || from === undefined) return undefined;
  if (from.section !== group.section || from.number === group.number) return undefined;
  return member === undefined ? { student, to: group.number } : { student, with: member };
}

interface CardProps {
  group: Group;
  /** What is held fast of it; nothing if nobody can change it. */
  held: string | undefined;
  busy: boolean;
  latest: { readonly current: Latest };
  move: (student: { id: string; name: string }) => void;
}

/** A card onto which a student of the same section can be dropped. What is in it is drawn when that changes. */
function Droppable({ takes, ...card }: CardProps & { takes: boolean }) {
  const { group, held, busy, latest, move } = card;
  const drop = (event: DragEvent) => {
    const change = changeOnto(latest.current, group);
    if (change === undefined) return;
    event.preventDefault();
    latest.current.hands.drag(undefined);
    void latest.current.hands.make(change);
  };
  const hover = () => {
    const change = changeOnto(latest.current, group);
    if (change !== undefined) latest.current.hands.hover(change);
  };
  // The setters and the reference are the same for as long as the board is shown.
  const inside = useMemo(
    () => <GroupCard group={group} held={held} busy={busy} latest={latest} move={move} />,
    [group, held, busy, latest, move],
  );
  return (
    <li
      class={takes ? "card group takes" : "card group"}
      onDragOver={(event) => takes && event.preventDefault()}
      onDragEnter={hover}
      onDrop={drop}
    >
      {inside}
    </li>
  );
}

/** A member who can be dragged, dropped upon to change places, and chosen with the keyboard. */
function Movable({
  member,
  group,
  pinned,
  latest,
  move,
}: {
  member: Group["members"][number];
  group: Group;
  pinned: boolean;
  latest: CardProps["latest"];
  move: CardProps["move"];
}) {
  const { t } = useWords();
  const name = member.name ?? t("member_gone");
  const onto = () => changeOnto(latest.current, group, member.id);
  return (
    <li
      class="movable"
      draggable={!pinned}
      onDragStart={(event) => {
        event.dataTransfer?.setData("text/plain", name);
        latest.current.hands.drag(member.id);
      }}
      onDragEnd={() => latest.current.hands.drag(undefined)}
      onDragEnter={(event) => {
        const change = onto();
        if (change === undefined) return;
        event.stopPropagation();
        latest.current.hands.hover(change);
      }}
      onDrop={(event) => {
        const change = onto();
        if (change === undefined) return;
        event.preventDefault();
        event.stopPropagation();
        latest.current.hands.drag(undefined);
        void latest.current.hands.make(change);
      }}
    >
      <span>{member.name ?? <i class="quiet">{t("member_gone")}</i>}</span>
      {pinned && <Badge tone="plain">{t("hands_pinned")}</Badge>}
      <button
        type="button"
        class="small"
        aria-label={t("hands_move", { name })}
        onClick={() => move({ id: member.id, name })}
      >
        {t("hands_move_short")}
      </button>
    </li>
  );
}

function GroupCard({ group, held, busy, latest, move }: CardProps) {
  const words = useWords();
  const { t } = words;
  const holds = held?.split(" ");
  const criteria = weakestCriteriaFirst(group.criteria);
  const [weakest, rest] = [criteria.slice(0, CRITERIA), criteria.slice(CRITERIA)];
  return (
    <article aria-label={`${t("group_n", { n: group.number })}, ${group.section}`}>
      <header>
        <h3>
          {t("group_n", { n: group.number })} <span class="quiet">{group.section}</span>
        </h3>
        <p class="score">
          <Bar part={group.score / 10_000} />
          <span>{t("score_of_100", { score: words.score(group.score) })}</span>
        </p>
      </header>
      {holds !== undefined && (
        <p>
          <button
            type="button"
            class="small"
            aria-pressed={holds.includes("locked")}
            aria-label={t("hands_lock_group", { n: group.number })}
            disabled={busy}
            onClick={() => latest.current.hands.lock(group)}
          >
            {t("hands_lock")}
          </button>
        </p>
      )}
      <h4 class="hidden">{t("members")}</h4>
      <ul class="members">
        {group.members.map((member) =>
          holds !== undefined ? (
            <Movable
              key={member.id}
              {...{ member, group, latest, move }}
              pinned={holds.includes(member.id)}
            />
          ) : (
            <li key={member.id}>{member.name ?? <i class="quiet">{t("member_gone")}</i>}</li>
          ),
        )}
      </ul>
      <h4 class="hidden">{t("criteria")}</h4>
      <Scores criteria={weakest} />
      {rest.length > 0 && (
        <details>
          <summary>{words.n("other_criteria", rest.length)}</summary>
          <Scores criteria={rest} />
        </details>
      )}
      <p class="quiet slots">
        {group.common_slots.length === 0
          ? t("slots_none")
          : `${t("slots_title")}: ${hours(group.common_slots, words.t)}`}
      </p>
      {group.unanswered.length > 0 && (
        <p class="quiet">{words.n("unanswered", group.unanswered.length)}</p>
      )}
      <details>
        <summary>{t("why_title")}</summary>
        <ul>
          {group.explained.map((line) => (
            <li key={line.en}>{words.of(line)}</li>
          ))}
        </ul>
      </details>
    </article>
  );
}

/** Broken must-rules, then the lowest scores; what does not count here is last. */
export function weakestCriteriaFirst(criteria: Group["criteria"]): Group["criteria"] {
  const rank = ({ must_broken, score }: Group["criteria"][number]) =>
    must_broken ? -1 : (score ?? Number.MAX_SAFE_INTEGER);
  return [...criteria].sort((a, b) => rank(a) - rank(b));
}

function Scores({ criteria }: { criteria: Group["criteria"] }) {
  const words = useWords();
  const { t } = words;
  return (
    <dl class="scores">
      {criteria.map((criterion) => (
        <div key={criterion.criterion}>
          <dt>{words.of(criterion.label)}</dt>
          <dd>
            {criterion.must_broken ? (
              <Badge tone="bad">{t("must_broken")}</Badge>
            ) : criterion.score === undefined ? (
              <span class="quiet">{t("not_scored")}</span>
            ) : (
              <>
                <Bar part={criterion.score / 10_000} />
                <span class="number">{words.score(criterion.score)}</span>
              </>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}

type DayKey = "day_0" | "day_1" | "day_2" | "day_3" | "day_4" | "day_5" | "day_6";

/** The first hours of the week that are free, hours that follow each other as one span: `Tue 8–11, Fri 13–14 …`. */
export function hours(slots: Group["common_slots"], t: (key: DayKey) => string, most = 4): string {
  const spans: { day: number; from: number; until: number }[] = [];
  for (const slot of [...slots].sort((a, b) => a.day - b.day || a.hour - b.hour)) {
    const last = spans.at(-1);
    if (last?.day === slot.day && last.until === slot.hour) last.until += 1;
    else spans.push({ day: slot.day, from: slot.hour, until: slot.hour + 1 });
  }
  const days: readonly DayKey[] = ["day_0", "day_1", "day_2", "day_3", "day_4", "day_5", "day_6"];
  const texts = spans.slice(0, most).map(({ day, from, until }) => {
    const name = days[day];
    return `${name === undefined ? "" : t(name)} ${from}–${until}`;
  });
  return texts.join(", ") + (spans.length > most ? " …" : "");
}
