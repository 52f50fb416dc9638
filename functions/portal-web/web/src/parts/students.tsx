// A student of a cohort, found by name. The list is read once and searched in the browser, so that no name that
// somebody types goes anywhere.

import { useRef, useState } from "preact/hooks";
import { type Api, ok } from "../api/client";
import type { Student } from "../api/types";
import { useWords } from "../i18n/words";
import { Field } from "./parts";

/** Students that are shown at once; whoever looks for another one types more of the name. */
const MOST = 8;

export async function allStudents(api: Api, cohort: string): Promise<Student[]> {
  const students: Student[] = [];
  let cursor: string | undefined;
  do {
    const query = { limit: 200, ...(cursor ? { cursor } : {}) };
    const page = await ok(
      api.GET("/api/cohorts/{cohort}/students", { params: { path: { cohort }, query } }),
    );
    students.push(...page.items);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  return students;
}

const plain = (text: string) => text.normalize("NFC").toLocaleLowerCase("da");

/** The students all of whose words are somewhere in the name, the address or the number. */
export function matching(students: readonly Student[], typed: string): Student[] {
  const words = plain(typed).split(/\s+/).filter(Boolean);
  const said = ({ name, email, number = "" }: Student) => plain(`${name} ${email} ${number}`);
  return students.filter((student) => words.every((word) => said(student).includes(word)));
}

export function StudentSearch({
  students,
  without,
  label,
  choose,
}: {
  students: readonly Student[];
  /** Ids that are chosen already. */
  without: readonly string[];
  label: string;
  choose: (student: Student) => void;
}) {
  const words = useWords();
  const { t } = words;
  const [typed, setTyped] = useState("");
  const [chosen, setChosen] = useState("");
  const field = useRef<HTMLInputElement>(null);
  const found =
    typed.trim() === ""
      ? []
      : matching(students, typed).filter((student) => !without.includes(student.id));
  return (
    <div class="search">
      <Field label={label} hint={t("find_hint")}>
        {(attributes) => (
          <input
            {...attributes}
            ref={field}
            type="search"
            autoComplete="off"
            value={typed}
            onInput={(event) => setTyped(event.currentTarget.value)}
            // In a form it would send what is not complete yet.
            onKeyDown={(event) => event.key === "Enter" && event.preventDefault()}
          />
        )}
      </Field>
      <p class="quiet" role="status">
        {typed.trim() === ""
          ? chosen && t("find_chosen", { name: chosen })
          : found.length === 0
            ? t("find_nobody")
            : t("find_found", {
                shown: words.number(Math.min(MOST, found.length)),
                all: words.number(found.length),
              })}
      </p>
      {found.length > 0 && (
        <ul class="found">
          {found.slice(0, MOST).map((student) => (
            <li key={student.id}>
              <button
                type="button"
                class="small"
                onClick={() => {
                  setTyped("");
                  setChosen(student.name);
                  choose(student);
                  // The button is gone; who goes on choosing is where they were.
                  field.current?.focus();
                }}
              >
                {t("find_choose", { name: student.name, section: student.section })}
              </button>{" "}
              <span class="quiet address">{student.email}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
