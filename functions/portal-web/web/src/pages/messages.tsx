import { useRoute } from "preact-iso";
import { ifChanged, ok } from "../api/client";
import { useWords } from "../i18n/words";
import { useSigned } from "../parts/context";
import { useLive } from "../parts/load";
import { Mails, nextLook } from "../parts/mails";
import { Back, Heading, Ready } from "../parts/parts";

const MESSAGES = "/api/cohorts/{cohort}/formations/{formation}/messages";

export function MessagesPage() {
  const { t } = useWords();
  const { api } = useSigned();
  const { cohort = "", formation = "" } = useRoute().params;
  const path = { cohort, formation };
  const [summary, again] = useLive(
    (tag) =>
      ifChanged(
        api.GET(`${MESSAGES}/summary`, {
          params: { path },
          headers: tag === undefined ? {} : { "If-None-Match": tag },
        }),
      ),
    [api, cohort, formation],
    nextLook,
  );
  return (
    <>
      <Back to={`/cohorts/${cohort}/formations/${formation}`} place={t("groups")} />
      <Heading title={t("messages_title")}>
        <p class="quiet">{t("students_logged")}</p>
      </Heading>
      <Ready of={summary} again={again}>
        {(counts) =>
          counts.total === 0 ? (
            <p>{t("messages_none")}</p>
          ) : (
            <Mails
              cohort={cohort}
              title={t("messages_title")}
              counts={counts}
              load={(query) => ok(api.GET(MESSAGES, { params: { path, query } }))}
              keys={[api, cohort, formation]}
              grouped
              resends={again}
            />
          )
        }
      </Ready>
    </>
  );
}
