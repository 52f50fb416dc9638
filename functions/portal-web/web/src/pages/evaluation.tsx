// How groups were evaluated. What shows results is fetched when somebody looks at some.

import { useRoute } from "preact-iso";
import { ok } from "../api/client";
import { useWords } from "../i18n/words";
import { mayAct, useSigned } from "../parts/context";
import { both, useLoad } from "../parts/load";
import { Back, Heading, Ready } from "../parts/parts";

export function EvaluationPage() {
  const words = useWords();
  const { t } = words;
  const { api, me } = useSigned();
  const cohort = useRoute().params.cohort ?? "";
  const params = { path: { cohort } };
  const [settings, settingsAgain] = useLoad(
    () => ok(api.GET("/api/cohorts/{cohort}/settings", { params })),
    [api, cohort],
  );
  const [found, foundAgain] = useLoad(async () => {
    const evaluation = ok(api.GET("/api/cohorts/{cohort}/evaluation", { params }));
    const { Results } = await import("../evaluation/results");
    return { evaluation: await evaluation, Results };
  }, [api, cohort]);
  const again = () => {
    settingsAgain();
    foundAgain();
  };
  return (
    <>
      <Back
        to={`/cohorts/${cohort}`}
        place={settings.state === "ready" ? words.of(settings.data.settings.name) : t("cohort")}
      />
      <Heading title={t("evaluation_title")}>
        <p class="quiet">{t("evaluation_text")}</p>
      </Heading>
      {mayAct(me) ? (
        <Ready of={both(settings, found)} again={again}>
          {([{ settings }, { evaluation, Results }]) => (
            <Results cohort={cohort} settings={settings} evaluation={evaluation} />
          )}
        </Ready>
      ) : (
        <p>{t("settings_not_yours")}</p>
      )}
    </>
  );
}
