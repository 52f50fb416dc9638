// A list of expected students from a file: chosen, understood, looked at, and then sent in one confirmed step. The
// file is read in the browser; only the addresses and sections of the list leave it.

import { useEffect, useId, useMemo, useRef, useState } from "preact/hooks";
import { ok } from "../api/client";
import { asFailure, type Failure } from "../api/failure";
import type { Roster } from "../api/types";
import { useWords } from "../i18n/words";
import { useSigned } from "../parts/context";
import { useLoad } from "../parts/load";
import { Confirm, Email, Field, Ready, Table, Wrong } from "../parts/parts";
import { type Columns, cprColumns, guess } from "./columns";
import { type Checked, check, LONGEST, type Section, sectionOf } from "./rows";
import { holdsCpr } from "./rules";
import { read, type Sheet, Unreadable } from "./sheet";

export interface ImportProps {
  cohort: string;
  roster: Roster;
  /** The roster is another one by now: read it again. */
  again: () => void;
  done: (text: string) => void;
  cancel: () => void;
}

/** Rows that are shown before the import. */
const SHOWN = 5;
/** Faults that are shown; there is no use in reading more of them. */
const MOST_FAULTS = 100;

export function Import(props: ImportProps) {
  const { api } = useSigned();
  const [settings, again] = useLoad(
    () =>
      ok(api.GET("/api/cohorts/{cohort}/settings", { params: { path: { cohort: props.cohort } } })),
    [api, props.cohort],
  );
  return (
    <Ready of={settings} again={again}>
      {({ settings }) => <Steps {...props} sections={settings.sections} />}
    </Ready>
  );
}

function Steps(props: ImportProps & { sections: readonly Section[] }) {
  const { sections, cancel } = props;
  const { t } = useWords();
  const [sheet, setSheet] = useState<Sheet>();
  const [columns, setColumns] = useState<Columns>({ email: undefined, section: undefined });
  const [unreadable, setUnreadable] = useState<Unreadable>();
  const heading = useRef<HTMLHeadingElement>(null);
  // The button that opened this is gone: whoever uses a keyboard goes on here.
  useEffect(() => heading.current?.focus(), []);
  const choose = async (file: File | undefined) => {
    setSheet(undefined);
    setUnreadable(undefined);
    if (file === undefined) return;
    try {
      const found = read(new Uint8Array(await file.arrayBuffer()));
      setColumns(guess(found, (cell) => sectionOf(sections, cell) !== undefined));
      setSheet(found);
    } catch (error) {
      setUnreadable(error instanceof Unreadable ? error : new Unreadable("binary"));
    }
  };
  return (
    <div>
      <h3 ref={heading} tabIndex={-1}>
        {t("roster_file")}
      </h3>
      <Field label={t("roster_choose")} hint={t("roster_choose_hint")}>
        {(attributes) => (
          <input
            {...attributes}
            type="file"
            accept=".csv,.txt,.tsv,.xlsx"
            onChange={(event) => void choose(event.currentTarget.files?.[0])}
          />
        )}
      </Field>
      {unreadable !== undefined && (
        <p class="notice wrong" role="alert">
          {t(`roster_unreadable_${unreadable.kind}`, { line: unreadable.line })}
        </p>
      )}
      {sheet !== undefined && (
        <Mapped {...props} sheet={sheet} columns={columns} setColumns={setColumns} />
      )}
      {sheet === undefined && (
        <div class="actions start">
          <button type="button" onClick={cancel}>
            {t("cancel")}
          </button>
        </div>
      )}
    </div>
  );
}

function Mapped({
  sheet,
  columns,
  setColumns,
  ...props
}: ImportProps & {
  sections: readonly Section[];
  sheet: Sheet;
  columns: Columns;
  setColumns: (columns: Columns) => void;
}) {
  const words = useWords();
  const { t } = words;
  const cpr = useMemo(() => cprColumns(sheet), [sheet]);
  const several = props.sections.length > 1;
  const choice = (which: keyof Columns) => (
    <Field label={t(`roster_column_${which}`)}>
      {(attributes) => (
        <select
          {...attributes}
          value={columns[which] ?? ""}
          onChange={(event) => {
            const chosen = event.currentTarget.value;
            setColumns({ ...columns, [which]: chosen === "" ? undefined : Number(chosen) });
          }}
        >
          <option value="">{t("roster_column_none")}</option>
          {sheet.header.map((name, column) =>
            cpr.includes(column) ? null : (
              <option key={column} value={column}>
                {name || t("roster_column_n", { n: column + 1 })}
              </option>
            ),
          )}
        </select>
      )}
    </Field>
  );
  const missing =
    columns.email === undefined || (several && columns.section === undefined)
      ? t(columns.email === undefined ? "roster_missing_email" : "roster_missing_section")
      : undefined;
  return (
    <>
      <h3>{t("roster_columns")}</h3>
      <p>{t("roster_columns_text", { rows: words.number(sheet.rows.length) })}</p>
      {cpr.length > 0 && (
        <p class="notice wrong" role="status">
          {t("roster_cpr", {
            columns: cpr.map((column) => sheet.header[column] || column + 1).join(", "),
          })}
        </p>
      )}
      <div class="filters">
        {choice("email")}
        {several && choice("section")}
      </div>
      {missing === undefined ? (
        // With other columns it is another list: what was said of the one before is not of this.
        <Look
          key={`${columns.email} ${columns.section}`}
          {...props}
          sheet={sheet}
          columns={columns}
        />
      ) : (
        <>
          <p class="notice wrong" role="status">
            {missing}
          </p>
          <div class="actions start">
            <button type="button" onClick={props.cancel}>
              {t("cancel")}
            </button>
          </div>
        </>
      )}
    </>
  );
}

function Look({
  sheet,
  columns,
  sections,
  cohort,
  roster,
  again,
  done,
  cancel,
}: ImportProps & { sections: readonly Section[]; sheet: Sheet; columns: Columns }) {
  const words = useWords();
  const { t, n } = words;
  const { api } = useSigned();
  const checked = check(sheet, columns, sections);
  const { students, faults, repeated } = checked;
  const tick = useId();
  const [without, setWithout] = useState(false);
  const [asking, setAsking] = useState(false);
  const [refused, setRefused] = useState<Failure>();
  const many = students.length > LONGEST;
  const may = students.length > 0 && !many && (faults.length === 0 || without);
  const send = async () => {
    setRefused(undefined);
    const params = { path: { cohort }, header: { "If-Match": `"${roster.version}"` } };
    try {
      const call = api.PUT("/api/cohorts/{cohort}/roster", { params, body: { students } });
      const { all, left_out } = await ok(call);
      const told = n("roster_imported", all.expected);
      done(left_out ? `${told} ${n("roster_left_out", left_out)}` : told);
    } catch (error) {
      const failure = asFailure(error);
      // What is wrong with rows is told by the rows of the file.
      if (failure.kind === "parameters") {
        setAsking(false);
        setRefused(failure);
        return;
      }
      if (failure.kind === "stale") again();
      throw failure;
    }
  };
  return (
    <>
      <h3>{t("roster_look")}</h3>
      <p>
        {n("roster_found", students.length)}
        {repeated > 0 && ` ${n("roster_repeated", repeated)}`}
      </p>
      {sheet.encoding !== undefined && sheet.encoding !== "utf-8" && (
        <p class="quiet">{t("roster_encoding", { encoding: sheet.encoding })}</p>
      )}
      <Table
        caption={t("roster_look")}
        columns={[t("roster_line"), t("student_email"), t("section")]}
        rows={sheet.rows.slice(0, SHOWN).map((row) => ({
          key: String(row.line),
          cells: [
            String(row.line),
            <Email of={masked(row.cells[columns.email ?? -1] ?? "")} />,
            columns.section === undefined
              ? (sections[0]?.id ?? "")
              : masked(row.cells[columns.section] ?? ""),
          ],
        }))}
      />
      {many && (
        <p class="notice wrong" role="alert">
          {t("roster_too_many", {
            n: words.number(students.length),
            most: words.number(LONGEST),
          })}
        </p>
      )}
      <Faults checked={checked} refused={refused} />
      {faults.length > 0 && students.length > 0 && (
        <div class="tick">
          <input
            id={tick}
            type="checkbox"
            checked={without}
            onChange={(event) => setWithout(event.currentTarget.checked)}
          />
          <label for={tick}>{t("roster_without")}</label>
        </div>
      )}
      <div class="actions start">
        <button type="button" class="main" disabled={!may} onClick={() => setAsking(true)}>
          {n("roster_import_n", students.length)}
        </button>
        <button type="button" onClick={cancel}>
          {t("cancel")}
        </button>
      </div>
      {asking && (
        <Confirm
          title={t("roster_import_title")}
          action={n("roster_import_n", students.length)}
          act={send}
          done={() => setAsking(false)}
          cancel={() => setAsking(false)}
        >
          <p>{n("roster_import_text", students.length)}</p>
          {roster.listed_at !== undefined && (
            <p>
              {t("roster_replaces", {
                when: words.time(roster.listed_at),
                n: words.number(roster.all.expected),
              })}
            </p>
          )}
        </Confirm>
      )}
    </>
  );
}

/** What is wrong with rows, all at once: what was found here, and what the API found beyond that. */
function Faults({ checked, refused }: { checked: Checked; refused: Failure | undefined }) {
  const words = useWords();
  const { t, n } = words;
  const theirs = (refused?.problem?.errors ?? []).map((error) => {
    const place = Number(/^\/students\/(\d+)/.exec(error.pointer ?? "")?.[1] ?? Number.NaN);
    const line = checked.lines[place];
    const text = words.fault(error);
    return line === undefined ? text : t("roster_fault", { line, column: "", text });
  });
  const ours = checked.faults.slice(0, MOST_FAULTS).map(({ line, column, text, values }) =>
    t("roster_fault", {
      line,
      column: column === "" ? "" : t("roster_fault_column", { column }),
      text: t(text, values),
    }),
  );
  const untold = checked.faults.length - ours.length;
  if (refused !== undefined && theirs.length === 0) return <Wrong failure={refused} />;
  if (ours.length + theirs.length === 0) return null;
  return (
    <div class="notice wrong">
      <p role="alert">
        <strong>{n("roster_faults", checked.faults.length + theirs.length)}</strong>
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <ul class="faults" tabIndex={0} aria-label={t("roster_faults_list")}>
        {[...theirs, ...ours].map((fault) => (
          <li key={fault}>{fault}</li>
        ))}
      </ul>
      {untold > 0 && <p>{n("roster_more_faults", untold)}</p>}
    </div>
  );
}

/** A cell as it is shown: a CPR number is never. */
function masked(cell: string): string {
  return holdsCpr(cell) ? "[CPR]" : cell;
}
