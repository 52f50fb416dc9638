import { useState } from "preact/hooks";
import { useRoute } from "preact-iso";
import { ok } from "../api/client";
import { Download } from "../downloads/download";
import { useWords } from "../i18n/words";
import { chooseHere } from "../parts/chosen";
import { useSigned } from "../parts/context";
import { useLoad, usePages } from "../parts/load";
import { Back, Badge, Email, Heading, Pager, Table } from "../parts/parts";
import { SectionChoice } from "../parts/section";
import { BASE } from "../session/session";

export function StudentsPage() {
  const words = useWords();
  const { t } = words;
  const { api, me } = useSigned();
  const operates = me.role === "operator";
  const cohort = useRoute().params.cohort ?? "";
  const path = { cohort };
  const [section, setSection] = useState("");
  const [loaded] = useLoad(
    () => ok(api.GET("/api/cohorts/{cohort}", { params: { path } })),
    [api, cohort],
  );
  const pages = usePages(
    (cursor) =>
      ok(
        api.GET("/api/cohorts/{cohort}/students", {
          params: {
            path,
            query: { limit: 100, ...(section ? { section } : {}), ...(cursor ? { cursor } : {}) },
          },
        }),
      ),
    [api, cohort, section],
  );
  const known = loaded.state === "ready" ? loaded.data : undefined;
  const place = known === undefined ? t("cohort") : words.of(known.name);
  const of = known?.responses;
  const all = section
    ? of?.sections.find((one) => one.section === section)?.students
    : of?.students;
  return (
    <>
      <Back to={`/cohorts/${cohort}`} place={place} />
      <Heading title={t("students_title")}>
        <p class="quiet">{t("students_logged")}</p>
      </Heading>
      <div class="filters">
        <SectionChoice
          sections={of?.sections.map((one) => one.section) ?? []}
          chosen={section}
          choose={setSection}
        />
        <p class="quiet" role="status">
          {all !== undefined &&
            t("shown_of", { shown: words.number(pages.items.length), all: words.number(all) })}
        </p>
      </div>
      {known !== undefined && (
        <Download
          what="students"
          of={words.of(known.name)}
          read={(lists, reading) => lists.students(reading, cohort, section)}
        />
      )}
      {pages.items.length === 0 && !pages.loading && pages.failure === undefined && (
        <p>{t("students_none")}</p>
      )}
      {pages.items.length > 0 && (
        <section class="card">
          <Table
            caption={t("students_title")}
            columns={[
              t("student_name"),
              t("section"),
              t("student_email"),
              t("student_number"),
              t("student_submitted"),
              ...(operates ? [t("student_request")] : []),
            ]}
            rows={pages.items.map((student) => ({
              key: student.id,
              cells: [
                <>
                  {student.name}{" "}
                  {!student.takes_part && <Badge tone="plain">{t("student_out")}</Badge>}{" "}
                  {student.suppressed && (
                    <Badge tone="bad">{t(`suppressed_${student.suppressed}`)}</Badge>
                  )}
                </>,
                student.section,
                <Email of={student.email} />,
                student.number ?? t("none"),
                words.time(student.submitted_at),
                ...(operates
                  ? [
                      <a
                        href={`${BASE}/cohorts/${cohort}/new-request?student=${student.id}`}
                        aria-label={t("rights_note_of", { name: student.name })}
                        onClick={() => chooseHere(student)}
                      >
                        {t("rights_note")}
                      </a>,
                    ]
                  : []),
              ],
            }))}
          />
        </section>
      )}
      <Pager pages={pages} />
    </>
  );
}
