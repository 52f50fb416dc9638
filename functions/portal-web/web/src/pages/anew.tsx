// Groups formed from others: the rest anew around what is held fast, and groups that were set aside taken up again.

import { useRef, useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { type Api, ok } from "../api/client";
import type { Board, Cohort, Formation } from "../api/types";
import { useWords } from "../i18n/words";
import { useSigned } from "../parts/context";
import { Confirm, Link } from "../parts/parts";
import { BASE } from "../session/session";

interface Place {
  cohort: string;
  formation: string;
}

/** The formation that was started. The key is made once per question, so a repeated answer starts nothing twice. */
async function begin(
  api: Api,
  place: Place,
  version: number,
  key: string,
  keep: "held" | "all",
): Promise<string> {
  const header = { "If-Match": `"${version}"`, "Idempotency-Key": key };
  const path = "/api/cohorts/{cohort}/formations/{formation}/board/anew";
  const { formation } = await ok(
    api.POST(path, { params: { path: { ...place }, header }, body: { keep } }),
  );
  return formation;
}

/** Goes to the formation that was started, once it was. */
function useBegin(place: Place, keep: "held" | "all") {
  const { api } = useSigned();
  const { route } = useLocation();
  const [key] = useState(() => crypto.randomUUID());
  // Read by the dialog that was open when it started, so no state.
  const started = useRef<string>();
  return {
    act: async (version: number) => {
      started.current = await begin(api, place, version, key, keep);
    },
    go: () => route(`${BASE}/cohorts/${place.cohort}/formations/${started.current}`),
  };
}

/** Asks before the rest is formed anew. */
export function AnewDialog({
  place,
  board,
  cancel,
}: {
  place: Place;
  board: Board;
  cancel: () => void;
}) {
  const words = useWords();
  const { t } = words;
  const { act, go } = useBegin(place, "held");
  const none = board.locked.length === 0 && board.pinned.length === 0;
  return (
    <Confirm
      title={t("anew_title")}
      action={t("anew_confirm")}
      act={() => act(board.version)}
      done={go}
      cancel={cancel}
    >
      <p>
        {none
          ? t("anew_nothing_held")
          : t("anew_held", {
              groups: words.n("summary_groups", board.locked.length),
              students: words.n("summary_students", board.pinned.length),
            })}
      </p>
      <p>{t("anew_aside")}</p>
    </Confirm>
  );
}

/** Offers to take up groups that were set aside, where nothing else is under way or was published since. */
export function TakeUp({ cohort, formation }: { cohort: Cohort; formation: Formation }) {
  const { t } = useWords();
  const { api } = useSigned();
  const [asking, setAsking] = useState(false);
  const place = { cohort: cohort.id, formation: formation.id };
  const { act, go } = useBegin(place, "all");
  // Once others are published in the place of those that these were to replace, there is no way back.
  const outdated = cohort.published_formation !== formation.replaces;
  if (cohort.archived_at !== undefined || outdated) return null;
  if (cohort.active_formation !== undefined) return <p class="quiet">{t("anew_up_later")}</p>;
  const takeUp = async () => {
    const path = "/api/cohorts/{cohort}/formations/{formation}/board";
    const { version } = await ok(api.GET(path, { params: { path: place } }));
    await act(version);
  };
  return (
    <div class="actions start">
      <button type="button" onClick={() => setAsking(true)}>
        {t("anew_up")}
      </button>
      {asking && (
        <Confirm
          title={t("anew_up_title")}
          action={t("anew_up_confirm")}
          act={takeUp}
          done={go}
          cancel={() => setAsking(false)}
        >
          <p>{t("anew_up_text")}</p>
        </Confirm>
      )}
    </div>
  );
}

/** What a formation was formed from, and the way to see both side by side. */
export function Origin({ cohort, formation }: { cohort: string; formation: Formation }) {
  const { t } = useWords();
  const { around } = formation;
  return (
    <p>
      {formation.kind === "rotation" && <>{t("rotate_is")} </>}
      {formation.plan !== undefined && formation.status !== "planned" && (
        <>{t("plan_place", { n: formation.plan.round, rounds: formation.plan.rounds })} </>
      )}
      {formation.kind === "repair" && <>{t("mend_is")} </>}
      {around !== undefined && (
        <>
          {t(`anew_from_${around.keep}`)}{" "}
          <Link to={`/cohorts/${cohort}/formations/${around.formation}`}>{t("anew_those")}</Link>
          {". "}
        </>
      )}
      {HAS_GROUPS.has(formation.status) && (
        <Link to={`/cohorts/${cohort}/formations/${formation.id}/comparison`}>
          {t("compare_open")}
        </Link>
      )}
    </p>
  );
}

export const HAS_GROUPS: ReadonlySet<string> = new Set([
  "awaiting_approval",
  "published",
  "rejected",
]);
