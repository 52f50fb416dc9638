import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { type Api, ok } from "../api/client";
import type { Group } from "../api/types";
import { useWords } from "../i18n/words";
import { mayAct, useSigned } from "../parts/context";
import { useLoad } from "../parts/load";
import { Badge, Bar, Ready } from "../parts/parts";
import { SectionChoice } from "../parts/section";
import { groupOf, type Hands, HandsBar, isAt, MoveDialog, useHands } from "./hands";

/** Cards that are drawn at first and with each further step; a board of thousands stays fluid. */
const STEP = 60;

/** All groups of a formation, the weakest first. */
export function Board({
  cohort,
  formation,
  status,
  editable,
}: {
  cohort: string;
  formation: string;
  status: string;
  /** Whether the groups still await a decision. */
  editable: boolean;
}) {
  const { t } = useWords();
  const { api, me } = useSigned();
  const [loaded, again] = useLoad(
    () => allGroups(api, cohort, formation),
    [api, cohort, formation, status],
  );
  return (
    <section aria-labelledby="groups">
      <h2 id="groups">{t("groups")}</h2>
      <Ready of={loaded} again={again}>
        {(groups) => (
          <Cards
            groups={groups}
            place={{ cohort, formation }}
            active={editable && mayAct(me)}
            again={again}
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
  place,
  active,
  again,
}: {
  groups: Group[];
  place: { cohort: string; formation: string };
  active: boolean;
  again: () => void;
}) {
  const words = useWords();
  const hands = useHands(place.cohort, place.formation, groups, active, again);
  const [moving, setMoving] = useState<{ id: string; name: string }>();
  const { t } = words;
  const [section, setSection] = useState("");
  const [shown, setShown] = useState(STEP);
  const sections = [...new Set(groups.map((group) => group.section))].sort();
  const wanted = section ? groups.filter((group) => group.section === section) : groups;
  const visible = wanted.slice(0, shown);
  return (
    <>
      {active && <HandsBar hands={hands} />}
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
      <ul class="cards board">
        {visible.map((group) => (
          <Droppable
            key={`${group.section} ${group.number}`}
            group={group}
            groups={groups}
            hands={hands}
          >
            <GroupCard group={group} groups={groups} hands={hands} move={setMoving} />
          </Droppable>
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

/** A card onto which a student of the same section can be dropped. */
function Droppable({
  group,
  groups,
  hands,
  children,
}: {
  group: Group;
  groups: Group[];
  hands: Hands;
  children: ComponentChildren;
}) {
  const { dragged } = hands;
  const from = dragged === undefined ? undefined : groupOf(groups, dragged);
  const takes = from !== undefined && from !== group && from.section === group.section;
  const change =
    takes && dragged !== undefined ? { student: dragged, to: group.number } : undefined;
  return (
    <li
      class={takes ? "card group takes" : "card group"}
      onDragOver={(event) => change !== undefined && event.preventDefault()}
      onDragEnter={() => change !== undefined && hands.hover(change)}
      onDrop={(event) => {
        if (change === undefined) return;
        event.preventDefault();
        hands.drag(undefined);
        void hands.make(change);
      }}
    >
      {children}
    </li>
  );
}

/** A member who can be dragged, dropped upon to change places, and chosen with the keyboard. */
function Movable({
  member,
  group,
  groups,
  hands,
  move,
}: {
  member: Group["members"][number];
  group: Group;
  groups: Group[];
  hands: Hands;
  move: (student: { id: string; name: string }) => void;
}) {
  const { t } = useWords();
  const { dragged } = hands;
  const name = member.name ?? t("member_gone");
  const from = dragged === undefined ? undefined : groupOf(groups, dragged);
  const takes = from !== undefined && from !== group && from.section === group.section;
  const change = takes && dragged !== undefined ? { student: dragged, with: member.id } : undefined;
  const pinned = hands.board?.pinned.includes(member.id) ?? false;
  return (
    <li
      class="movable"
      draggable={!pinned}
      onDragStart={(event) => {
        event.dataTransfer?.setData("text/plain", name);
        hands.drag(member.id);
      }}
      onDragEnd={() => hands.drag(undefined)}
      onDragEnter={(event) => {
        if (change === undefined) return;
        event.stopPropagation();
        hands.hover(change);
      }}
      onDrop={(event) => {
        if (change === undefined) return;
        event.preventDefault();
        event.stopPropagation();
        hands.drag(undefined);
        void hands.make(change);
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

function GroupCard({
  group,
  groups,
  hands,
  move,
}: {
  group: Group;
  groups: Group[];
  hands: Hands;
  move: (student: { id: string; name: string }) => void;
}) {
  const words = useWords();
  const { t } = words;
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
      {hands.board?.editable && (
        <p>
          <button
            type="button"
            class="small"
            aria-pressed={hands.board.locked.some((place) => isAt(group, place))}
            aria-label={t("hands_lock_group", { n: group.number })}
            disabled={hands.busy}
            onClick={() => hands.lock(group)}
          >
            {t("hands_lock")}
          </button>
        </p>
      )}
      <h4 class="hidden">{t("members")}</h4>
      <ul class="members">
        {group.members.map((member) =>
          hands.board?.editable ? (
            <Movable key={member.id} {...{ member, group, groups, hands, move }} />
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
