import { useEffect, useRef, useState } from "preact/hooks";
import { ok } from "../api/client";
import type { Cohort } from "../api/types";
import { useWords } from "../i18n/words";
import { useSigned } from "../parts/context";
import { useLoad } from "../parts/load";
import { StartDialog } from "./start";

/** Who came late or left since groups were published, and the way to make up for it. Nothing where nobody has. */
export function Mend({ cohort, done }: { cohort: Cohort; done: () => void }) {
  const published = cohort.published_formation;
  return published === undefined ? null : (
    <Need cohort={cohort} published={published} done={done} />
  );
}

function Need({
  cohort,
  published,
  done,
}: {
  cohort: Cohort;
  published: string;
  done: () => void;
}) {
  const words = useWords();
  const { t } = words;
  const { api } = useSigned();
  const [asking, setAsking] = useState(false);
  const [loaded, again] = useLoad(
    () =>
      ok(
        api.GET("/api/cohorts/{cohort}/formations/{formation}/repair", {
          params: { path: { cohort: cohort.id, formation: published } },
        }),
      ),
    [api, cohort.id, published],
  );
  // Whoever answers now is one more; what is shown stays until that is known.
  const { students } = cohort.responses;
  const counted = useRef(students);
  useEffect(() => {
    if (counted.current !== students) {
      counted.current = students;
      again();
    }
  }, [students, again]);
  if (loaded.state !== "ready" || loaded.data.joined + loaded.data.left === 0) {
    return null;
  }
  const need = loaded.data;
  const numbers = [
    need.joined > 0 &&
      t(need.joined === 1 ? "mend_joined_one" : "mend_joined_other", {
        n: words.number(need.joined),
      }),
    need.left > 0 &&
      t(need.left === 1 ? "mend_left_one" : "mend_left_other", { n: words.number(need.left) }),
  ];
  const told = numbers.filter(Boolean).join(" ");
  return (
    <section class="notice" aria-labelledby="mend">
      <h2 id="mend">{t("mend_heading")}</h2>
      <p>{told}</p>
      <button type="button" onClick={() => setAsking(true)}>
        {t("mend")}
      </button>
      {asking && (
        <StartDialog
          cohort={cohort}
          kind="repair"
          cancel={() => setAsking(false)}
          done={() => {
            setAsking(false);
            done();
          }}
        >
          <p>{told}</p>
          <p>{t("mend_text")}</p>
          <p>{t(cohort.mail_agreed ? "mend_mail" : "mend_no_mail")}</p>
        </StartDialog>
      )}
    </section>
  );
}
