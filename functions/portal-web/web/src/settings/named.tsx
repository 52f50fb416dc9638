// Which students a rule keeps apart or together: sets of them, each put together by searching for names.

import { useRef } from "preact/hooks";
import type { Student } from "../api/types";
import { useWords } from "../i18n/words";
import { short } from "../parts/short";
import { StudentSearch } from "../parts/students";
import { at, type Fault, idOf } from "./faults";
import { Said } from "./fields";
import type { Naming, Rule } from "./rules";

export function Named({
  kind,
  rule,
  place,
  faults,
  students,
  change,
}: {
  kind: Naming;
  rule: Rule;
  place: string;
  faults: readonly Fault[];
  students: readonly Student[];
  change: (rule: Rule) => void;
}) {
  const { t } = useWords();
  const sets = rule[kind]?.sets ?? [];
  const add = useRef<HTMLButtonElement>(null);
  const become = (sets: string[][]) => change({ [kind]: { sets } } as Rule);
  const replace = (at: number, set: string[]) =>
    become(sets.map((other, place) => (place === at ? set : other)));
  return (
    <>
      <p class="quiet">{t("settings_set_who")}</p>
      {sets.map((set, at) => (
        <fieldset key={at} class="group">
          <legend>{t(`settings_set_${kind}`, { n: at + 1 })}</legend>
          <Members
            set={set}
            students={students}
            label={t("settings_set_find", { n: at + 1 })}
            become={(set) => replace(at, set)}
          />
          {sets.length > 1 && (
            <button
              type="button"
              class="small"
              onClick={() => {
                become(sets.filter((_, place) => place !== at));
                add.current?.focus();
              }}
            >
              {t("settings_set_remove", { n: at + 1 })}
            </button>
          )}
        </fieldset>
      ))}
      <Said faults={at(faults, place)} id={`${idOf(place)}-wrong`} />
      <p>
        <button type="button" class="small" ref={add} onClick={() => become([...sets, []])}>
          {t("settings_set_add")}
        </button>
      </p>
    </>
  );
}

function Members({
  set,
  students,
  label,
  become,
}: {
  set: readonly string[];
  students: readonly Student[];
  label: string;
  become: (set: string[]) => void;
}) {
  const { t } = useWords();
  const box = useRef<HTMLDivElement>(null);
  const named = (id: string) => {
    const found = students.find((student) => student.id === id);
    return found === undefined
      ? t("settings_set_gone", { id: short(id) })
      : `${found.name}, ${found.section}`;
  };
  return (
    <div ref={box}>
      {set.length > 0 && (
        <ul class="found">
          {set.map((id) => (
            <li key={id}>
              <button
                type="button"
                class="small"
                onClick={() => {
                  become(set.filter((other) => other !== id));
                  box.current?.querySelector("input")?.focus();
                }}
              >
                {t("settings_set_take_out", { name: named(id) })}
              </button>{" "}
              <span class="quiet address">{students.find((one) => one.id === id)?.email}</span>
            </li>
          ))}
        </ul>
      )}
      <StudentSearch
        students={students}
        without={set}
        label={label}
        choose={({ id }) => become([...set, id])}
      />
    </div>
  );
}
