// Groups under a contact's hands while they await approval: by dragging, or with the keyboard by choosing. What a
// change would do is said before it is made; of two contacts nobody overwrites the other.

import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import { type Api, ok } from "../api/client";
import { asFailure, type Failure } from "../api/failure";
import type { Board, Change, Effect, Group, Suggestion } from "../api/types";
import { useWords, type Words } from "../i18n/words";
import { useSigned } from "../parts/context";
import { Dialog, Field, Wait, Wrong } from "../parts/parts";

/** A change and what takes it back. */
interface Step {
  change: Change;
  back: Change;
}

export interface Hands {
  board: Board | undefined;
  busy: boolean;
  failure: Failure | undefined;
  /** What happened last, in words. */
  said: string;
  /** What the change that is hovered over would do. */
  effect: Effect | undefined;
  dragged: string | undefined;
  drag: (student: string | undefined) => void;
  hover: (change: Change | undefined) => void;
  make: (change: Change) => Promise<void>;
  undo: (() => Promise<void>) | undefined;
  redo: (() => Promise<void>) | undefined;
  lock: (group: Group) => Promise<void>;
  pin: (student: string) => Promise<void>;
  /** Looks again at what others did. */
  refresh: () => void;
}

const FORMATION = "/api/cohorts/{cohort}/formations/{formation}";

const pathOf = (cohort: string, formation: string) => ({ path: { cohort, formation } });

export function judge(
  api: Api,
  cohort: string,
  formation: string,
  change: Change,
): Promise<Effect> {
  const params = pathOf(cohort, formation);
  return ok(api.POST(`${FORMATION}/board/preview`, { params, body: change }));
}

/** A pause before a hovered change is asked about: whoever passes over a group means none. */
const PAUSE = 150;

/** `version`: how often the groups were changed by hand, by anybody. */
export function useHands(
  { cohort, formation }: { cohort: string; formation: string },
  groups: readonly Group[],
  version: number,
  active: boolean,
  reload: () => void,
): Hands {
  const words = useWords();
  const { t } = words;
  const { api } = useSigned();
  const [board, setBoard] = useState<Board>();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const [said, setSaid] = useState("");
  const [effect, setEffect] = useState<Effect>();
  const [dragged, setDragged] = useState<string>();
  const [done, setDone] = useState<Step[]>([]);
  const [undone, setUndone] = useState<Step[]>([]);
  const asked = useRef(0);
  const params = useMemo(() => pathOf(cohort, formation), [cohort, formation]);
  const read = useCallback(async () => {
    try {
      const now = await ok(api.GET(`${FORMATION}/board`, { params }));
      setBoard(now);
      return now;
    } catch (error) {
      setFailure(asFailure(error));
      return undefined;
    }
  }, [api, params]);
  useEffect(() => {
    if (active) void read();
  }, [active, read]);

  const forget = () => {
    // What I took back or would take back was made from what is not there any more.
    setDone([]);
    setUndone([]);
  };
  const known = board?.version;
  useEffect(() => {
    // Somebody else changed the groups: a change of mine is read before its end.
    if (busy || known === undefined || version <= known) return;
    forget();
    void read();
  }, [version, known, busy, read]);

  /** Runs a change of the board; one that somebody else overtook leaves what they did. */
  const run = async (act: (version: string) => Promise<void>): Promise<boolean> => {
    if (board === undefined || busy) return false;
    setBusy(true);
    setFailure(undefined);
    setEffect(undefined);
    try {
      await act(`"${board.version}"`);
      return true;
    } catch (error) {
      const failed = asFailure(error);
      setFailure(failed);
      // Without an answer the change may have been made all the same: what is there now is shown, so that the next
      // change is not taken for somebody else's.
      if (failed.kind === "stale" || failed.problem === undefined) {
        const now = await read();
        if (now?.version !== board.version) forget();
        reload();
      }
      return false;
    } finally {
      setBusy(false);
    }
  };
  const send = (change: Change) =>
    run(async (version) => {
      const header = { "If-Match": version };
      const changed = await ok(
        api.POST(`${FORMATION}/board/changes`, { params: { ...params, header }, body: change }),
      );
      setSaid(effectWords(words, changed.effect));
      await read();
      reload();
    });
  const make = async (change: Change) => {
    const back = backOf(groups, change);
    if (back !== undefined && (await send(change))) {
      setDone((done) => [...done, { change, back }]);
      setUndone([]);
    }
  };
  const [last, next] = [done.at(-1), undone.at(-1)];
  const undo = async () => {
    if (last !== undefined && (await send(last.back))) {
      setDone(done.slice(0, -1));
      setUndone([...undone, last]);
    }
  };
  const redo = async () => {
    if (next !== undefined && (await send(next.change))) {
      setUndone(undone.slice(0, -1));
      setDone([...done, next]);
    }
  };
  const hold = async (locked: Board["locked"], pinned: string[]) => {
    await run(async (version) => {
      const body = {
        groups: locked.map((one) => `${one.section}/${one.number}`).join(" "),
        students: pinned.join(" "),
      };
      const header = { "If-Match": version };
      const put = api.PUT(`${FORMATION}/board/holds`, { params: { ...params, header }, body });
      setBoard(await ok(put));
      setSaid(t("hands_held"));
    });
  };
  const lock = async (group: Group) => {
    const locked = board?.locked ?? [];
    const others = locked.filter((one) => !isAt(group, one));
    const { section, number } = group;
    const next = others.length < locked.length ? others : [...locked, { section, number }];
    await hold(next, board?.pinned ?? []);
  };
  const pin = async (student: string) => {
    const pinned = board?.pinned ?? [];
    const others = pinned.filter((one) => one !== student);
    await hold(board?.locked ?? [], others.length < pinned.length ? others : [...pinned, student]);
  };
  const hover = (change: Change | undefined) => {
    asked.current += 1;
    const mine = asked.current;
    setEffect(undefined);
    if (change === undefined) return;
    setTimeout(() => {
      if (asked.current !== mine) return;
      judge(api, cohort, formation, change).then(
        (effect) => asked.current === mine && setEffect(effect),
        // Dropping it says why it cannot be.
        () => undefined,
      );
    }, PAUSE);
  };
  const drag = (student: string | undefined) => {
    setDragged(student);
    if (student === undefined) hover(undefined);
  };
  return {
    board: active ? board : undefined,
    busy,
    failure,
    said,
    effect,
    dragged,
    drag,
    hover,
    make,
    undo: last === undefined ? undefined : undo,
    redo: next === undefined ? undefined : redo,
    lock,
    pin,
    refresh: () => {
      void read();
      reload();
    },
  };
}

export const isAt = (group: Group, { section, number }: Board["locked"][number]): boolean =>
  group.section === section && group.number === number;

export const groupOf = (groups: readonly Group[], student: string): Group | undefined =>
  groups.find((group) => group.members.some((member) => member.id === student));

/** What takes a change back, from how the groups are before it. */
export function backOf(
  groups: readonly Group[],
  { student, to, with: other }: Change,
): Change | undefined {
  if (other !== undefined) return { student, with: other };
  const from = groupOf(groups, student);
  return from === undefined || to === undefined ? undefined : { student, to: from.number };
}

/** What a change does, in one sentence. */
export function effectWords(words: Words, effect: Effect): string {
  const { t } = words;
  const shift = ({ before, after }: Effect["mean"]) =>
    `${words.score(before)} → ${words.score(after)}`;
  const rules = (rules: Effect["broken"], key: "hands_breaks" | "hands_mends") =>
    rules.map((rule) => t(key, { rule: words.of(rule.label), n: rule.number }));
  return [
    t(effect.better ? "hands_better" : "hands_not_better"),
    t("hands_worst", { shift: shift(effect.worst) }),
    t("hands_mean", { shift: shift(effect.mean) }),
    ...rules(effect.broken, "hands_breaks"),
    ...rules(effect.mended, "hands_mends"),
    ...effect.out_of_size.map((n) => t("hands_size", { n })),
  ].join(" ");
}

/** Above the groups: what was done, taking back, and what a hovered change would do. */
export function HandsBar({ hands, anew }: { hands: Hands; anew: (() => void) | undefined }) {
  const words = useWords();
  const { t } = words;
  return (
    <div class="hands card">
      <p class="quiet">{t("hands_how")}</p>
      <div class="actions start">
        <button type="button" disabled={hands.busy || !hands.undo} onClick={() => hands.undo?.()}>
          {t("hands_undo")}
        </button>
        <button type="button" disabled={hands.busy || !hands.redo} onClick={() => hands.redo?.()}>
          {t("hands_redo")}
        </button>
        {anew !== undefined && (
          <button type="button" disabled={hands.busy || !hands.board} onClick={anew}>
            {t("anew_open")}
          </button>
        )}
      </div>
      <p role="status">
        {hands.effect === undefined
          ? hands.said
          : `${t("hands_would")} ${effectWords(words, hands.effect)}`}
      </p>
      {hands.failure !== undefined && <Wrong failure={hands.failure} />}
    </div>
  );
}

/** Everything that can be done with one student, without a mouse. */
export function MoveDialog({
  cohort,
  formation,
  groups,
  student,
  hands,
  close,
}: {
  cohort: string;
  formation: string;
  groups: readonly Group[];
  student: { id: string; name: string };
  hands: Hands;
  close: () => void;
}) {
  const words = useWords();
  const { t } = words;
  const { api } = useSigned();
  const from = groupOf(groups, student.id);
  const [where, setWhere] = useState("");
  const [effect, setEffect] = useState<Effect>();
  const [failure, setFailure] = useState<Failure>();
  const [ideas, setIdeas] = useState<Suggestion[]>();
  const change = changeOf(student.id, where);
  useEffect(() => {
    const params = { ...pathOf(cohort, formation), query: { student: student.id } };
    ok(api.GET(`${FORMATION}/board/suggestions`, { params })).then(
      ({ items }) => setIdeas(items),
      () => setIdeas([]),
    );
  }, [api, cohort, formation, student.id]);
  useEffect(() => {
    setEffect(undefined);
    setFailure(undefined);
    const change = changeOf(student.id, where);
    if (change === undefined) return;
    let current = true;
    judge(api, cohort, formation, change).then(
      (effect) => current && setEffect(effect),
      (error) => current && setFailure(asFailure(error)),
    );
    return () => {
      current = false;
    };
  }, [api, cohort, formation, student.id, where]);
  const others = groups
    .filter((group) => group.section === from?.section && group !== from)
    .sort((a, b) => a.number - b.number);
  const next = Math.max(0, ...[...others, from].map((group) => group?.number ?? 0)) + 1;
  const pinned = hands.board?.pinned.includes(student.id) ?? false;
  const make = async (change: Change) => {
    close();
    await hands.make(change);
  };
  return (
    <Dialog title={t("hands_move", { name: student.name })} cancel={close}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (change !== undefined) void make(change);
        }}
      >
        <Field label={t("hands_where")}>
          {(attributes) => (
            <select
              {...attributes}
              value={where}
              onChange={(event) => setWhere(event.currentTarget.value)}
            >
              <option value="">{t("hands_choose")}</option>
              {others.map((group) => (
                <optgroup key={group.number} label={t("group_n", { n: group.number })}>
                  <option value={`to ${group.number}`}>
                    {t("hands_into", { n: group.number })}
                  </option>
                  {group.members.map((member) => (
                    <option key={member.id} value={`with ${member.id}`}>
                      {t("hands_swap", { name: member.name ?? t("member_gone") })}
                    </option>
                  ))}
                </optgroup>
              ))}
              <option value={`to ${next}`}>{t("hands_new")}</option>
            </select>
          )}
        </Field>
        <p role="status">{effect === undefined ? "" : effectWords(words, effect)}</p>
        {failure !== undefined && <Wrong failure={failure} />}
        <h3>{t("hands_ideas")}</h3>
        {ideas === undefined ? (
          <Wait />
        ) : (
          <ul class="ideas">
            {ideas.map((idea) => (
              <li key={JSON.stringify(idea.change)}>
                <button type="button" class="small" onClick={() => make(idea.change)}>
                  {ideaWords(words, groups, idea.change)}
                </button>{" "}
                {effectWords(words, idea.effect)}
              </li>
            ))}
            {ideas.length === 0 && <li>{t("hands_no_ideas")}</li>}
          </ul>
        )}
        <div class="actions">
          <button type="button" onClick={close}>
            {t("cancel")}
          </button>
          <button
            type="button"
            aria-pressed={pinned}
            onClick={() => {
              close();
              void hands.pin(student.id);
            }}
          >
            {t("hands_pin")}
          </button>
          <button type="submit" class="main" disabled={change === undefined || hands.busy}>
            {t("hands_make")}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function changeOf(student: string, where: string): Change | undefined {
  const [how, which] = where.split(" ");
  if (which === undefined) return undefined;
  return how === "to" ? { student, to: Number(which) } : { student, with: which };
}

function ideaWords(words: Words, groups: readonly Group[], { to, with: other }: Change): string {
  if (other === undefined) return words.t("hands_into", { n: to ?? 0 });
  const member = groups.flatMap((group) => group.members).find((one) => one.id === other);
  return words.t("hands_swap", { name: member?.name ?? words.t("member_gone") });
}
