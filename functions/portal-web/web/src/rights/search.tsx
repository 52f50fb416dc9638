// Who it is that makes use of a right, found in all cohorts by what they write from.

import { useState } from "preact/hooks";
import { ok } from "../api/client";
import { asFailure, type Failure } from "../api/failure";
import type { Person } from "../api/types";
import { useWords } from "../i18n/words";
import { useSigned } from "../parts/context";
import { Badge, Done, Field, Link, Table, Wrong } from "../parts/parts";
import { EraseDialog } from "./erase";
import { storedWords } from "./stored";

export function Search() {
  const words = useWords();
  const { t } = words;
  const { api } = useSigned();
  const [typed, setTyped] = useState("");
  const [found, setFound] = useState<Person[]>();
  const [failure, setFailure] = useState<Failure>();
  const [busy, setBusy] = useState(false);
  const [erasing, setErasing] = useState<Person>();
  /** Erasures that were begun from here, by student. */
  const [begun, setBegun] = useState<Record<string, string>>({});
  const last = erasing === undefined ? Object.values(begun).at(-1) : undefined;
  const search = async (event: Event) => {
    event.preventDefault();
    const text = typed.trim();
    setBusy(true);
    setFailure(undefined);
    setFound(undefined);
    setBegun({});
    try {
      const body = text.includes("@") ? { email: text } : { number: text };
      setFound((await ok(api.POST("/api/people/search", { body }))).items);
    } catch (error) {
      setFailure(asFailure(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <section class="card" aria-labelledby="search">
      <h2 id="search">{t("search_title")}</h2>
      <p>{t("search_text")}</p>
      <search>
        <form class="filters" onSubmit={search}>
          <Field label={t("search_label")}>
            {(attributes) => (
              <input
                {...attributes}
                type="text"
                required
                pattern=".*\S.*"
                maxLength={320}
                autoComplete="off"
                value={typed}
                onInput={(event) => setTyped(event.currentTarget.value)}
              />
            )}
          </Field>
          <button type="submit" disabled={busy}>
            {t("audit_search")}
          </button>
        </form>
      </search>
      {failure !== undefined && <Wrong failure={failure} />}
      <p role="status">{found === undefined ? "" : found.length === 0 ? t("search_nobody") : ""}</p>
      {found !== undefined && found.length > 0 && (
        <Table
          caption={t("search_title")}
          columns={[
            t("cohort"),
            t("search_is"),
            t("search_stored"),
            t("delete_on"),
            t("search_then"),
          ]}
          rows={found.map((person) => ({
            key: `${person.cohort} ${person.student}`,
            cells: [
              words.of(person.name),
              <Who person={person} />,
              storedWords(words, person.stored),
              words.day(person.delete_on),
              <Then
                person={person}
                begun={begun[person.student]}
                erase={() => setErasing(person)}
              />,
            ],
          }))}
        />
      )}
      <Done
        text={last === undefined ? undefined : t("search_erased", { erasure: last })}
        of={begun}
      />
      {erasing !== undefined && (
        <EraseDialog
          person={erasing}
          done={(erasure) => {
            setBegun({ ...begun, [erasing.student]: erasure });
            setErasing(undefined);
          }}
          cancel={() => setErasing(undefined)}
        />
      )}
    </section>
  );
}

/** As whom somebody was found, by id: what was typed stands above, and nobody's name is answered. */
function Who({ person }: { person: Person }) {
  const words = useWords();
  const { t } = words;
  const { expected, suppressed } = person;
  return (
    <>
      {expected === undefined
        ? t("search_answered")
        : t("search_expected", {
            section: expected.section,
            when: words.time(expected.listed_at),
          })}{" "}
      {expected === undefined && !person.takes_part && (
        <Badge tone="plain">{t("student_out")}</Badge>
      )}{" "}
      {suppressed !== undefined && <Badge tone="bad">{t(`suppressed_${suppressed}`)}</Badge>}{" "}
      <code class="address">{person.student}</code>
    </>
  );
}

function Then({
  person,
  begun,
  erase,
}: {
  person: Person;
  begun: string | undefined;
  erase: () => void;
}) {
  const { t } = useWords();
  if (person.expected === undefined) {
    return (
      <Link to={`/cohorts/${person.cohort}/new-request?student=${person.student}`}>
        {t("rights_note")}
      </Link>
    );
  }
  if (begun !== undefined) return <Link to="/data">{t("search_see_erasure")}</Link>;
  return (
    <>
      {t("search_by_hand")}{" "}
      <button type="button" class="small" onClick={erase}>
        {t("rights_step_erase")}
      </button>
    </>
  );
}
