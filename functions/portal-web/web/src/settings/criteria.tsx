// How questions count when groups are formed: each criterion in plain words, and recipes to begin with.

import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Student } from "../api/types";
import { useWords } from "../i18n/words";
import { useSigned } from "../parts/context";
import { type Loaded, useLoad } from "../parts/load";
import { Ready } from "../parts/parts";
import { allStudents } from "../parts/students";
import { type Criterion, row } from "./draft";
import { at, type Fault, idOf } from "./faults";
import { Choice, Said, Tick, Whole } from "./fields";
import type { Part } from "./form";
import { freshId } from "./ids";
import { Named } from "./named";
import {
  ABOUT,
  ADDABLE,
  type Addable,
  codesOf,
  fresh,
  isNaming,
  kindOf,
  NAMING,
  type Naming,
  questionOf,
  RECIPES,
  type Recipe,
  type Rule,
  type RuleKind,
  suited,
} from "./rules";

const isAddable = (kind: RuleKind): kind is Addable => Object.hasOwn(ABOUT, kind);

/** The students whom rules can name: those of the cohort, once it is there. */
interface Nameable {
  students: Loaded<Student[]>;
  again: () => void;
  /** Whether they are looked at; a rule that names somebody can be kept without it. */
  shown: boolean;
  show: () => void;
}

export function Criteria({
  draft,
  faults,
  set,
  cohort,
}: Part & { /** None while it is new. */ cohort: string | undefined }) {
  const { t } = useWords();
  const { api } = useSigned();
  const { criteria, questions } = draft;
  // Whoever changes nothing about students does not look at them.
  const [shown, show] = useState(false);
  const [students, again] = useLoad(
    async () => (cohort !== undefined && shown ? allStudents(api, cohort) : []),
    [api, cohort, shown],
  );
  const nameable =
    cohort === undefined ? undefined : { students, again, shown, show: () => show(true) };
  // Somebody whom a rule names may have gone since the students were read.
  useEffect(() => {
    if (shown && faults.some(({ pointer }) => /^\/criteria\/\d+\/rule/.test(pointer))) again();
  }, [faults]);
  const known = criteria.map((one) => one.criterion);
  const add = (kind: Addable, hardness: Criterion["hardness"], weight: number) => {
    const rule = fresh(kind, suited(kind, questions)[0]);
    const criterion = { id: freshId(kind.replaceAll("_", "-"), known), rule, weight, hardness };
    set({ criteria: [...criteria, { row: row(), criterion }] });
  };
  return (
    <section class="card" aria-labelledby="criteria">
      <h2 id="criteria">{t("criteria")}</h2>
      <p>{t("settings_criteria_text")}</p>
      <Said faults={at(faults, "/criteria", false)} id="criteria-wrong" />
      {criteria.map((one, place) => (
        <One
          key={one.row}
          criterion={one.criterion}
          place={place}
          part={{ draft, faults, set }}
          nameable={nameable}
          change={(more) =>
            set({
              criteria: criteria.map((other, at) =>
                at === place ? { ...other, criterion: { ...other.criterion, ...more } } : other,
              ),
            })
          }
          remove={() => set({ criteria: criteria.filter((_, at) => at !== place) })}
        />
      ))}
      <Recipes
        add={({ kind, hardness, weight }) => add(kind, hardness, weight)}
        may={(kind) => ABOUT[kind].length === 0 || suited(kind, questions).length > 0}
      />
      <p>
        <button type="button" onClick={() => add("align", "should", 20)}>
          {t("settings_add_criterion")}
        </button>
      </p>
    </section>
  );
}

function Recipes({ add, may }: { add: (recipe: Recipe) => void; may: (kind: Addable) => boolean }) {
  const { t } = useWords();
  return (
    <details class="group">
      <summary>{t("settings_recipes")}</summary>
      <p>{t("settings_recipes_text")}</p>
      <ul class="recipes">
        {RECIPES.map((recipe) => (
          <li key={recipe.name}>
            <h3>{t(`recipe_${recipe.name}`)}</h3>
            <p>{t(`recipe_${recipe.name}_why`)}</p>
            <p class="quiet" lang="en">
              {recipe.source}
            </p>
            {may(recipe.kind) ? (
              <button type="button" class="small" onClick={() => add(recipe)}>
                {t("settings_use_recipe", { name: t(`recipe_${recipe.name}`) })}
              </button>
            ) : (
              <p class="quiet">{t("settings_recipe_needs")}</p>
            )}
          </li>
        ))}
      </ul>
    </details>
  );
}

function One({
  criterion,
  place,
  part,
  nameable,
  change,
  remove,
}: {
  criterion: Criterion;
  place: number;
  part: Part;
  nameable: Nameable | undefined;
  change: (more: Partial<Criterion>) => void;
  remove: () => void;
}) {
  const { t } = useWords();
  const { faults, draft } = part;
  const here = `/criteria/${place}`;
  const kind = kindOf(criterion.rule);
  const known = draft.criteria.map((one) => one.criterion);
  const saved = draft.settings.criteria.some((one) => one.id === criterion.id);
  const become = (kind: Addable | Naming) => {
    // What is called by its kind is called by the new one, unless somebody may know it by its name already.
    const others = known.filter((_, at) => at !== place);
    const id = saved ? criterion.id : freshId(kind.replaceAll("_", "-"), others);
    if (!isNaming(kind)) return change({ id, rule: fresh(kind, suited(kind, draft.questions)[0]) });
    nameable?.show();
    const sets = criterion.rule.apart?.sets ?? criterion.rule.together?.sets ?? [[]];
    change({ id, rule: { [kind]: { sets } } as Rule, ...(saved ? {} : { hardness: "must" }) });
  };
  const kinds = [...ADDABLE, ...(nameable === undefined ? [] : NAMING)];
  const writable = kinds.find((known) => known === kind);
  return (
    <fieldset class="group" id={idOf(here)} tabIndex={-1}>
      <legend>{`${t("criterion")} ${place + 1}: ${t(`rule_${kind}`)}`}</legend>
      <p>{t(`rule_${kind}_text`)}</p>
      <div class="row">
        {writable !== undefined && (
          <Choice
            place={`${here}/rule`}
            label={t("settings_rule")}
            faults={faults}
            below={false}
            value={writable}
            set={become}
            options={kinds.map((value) => ({ value, name: t(`rule_${value}`) }))}
          />
        )}
        <Choice
          place={`${here}/hardness`}
          label={t("hardness")}
          faults={faults}
          value={criterion.hardness}
          set={(hardness) => change({ hardness })}
          options={(["must", "should", "could"] as const).map((value) => ({
            value,
            name: t(`settings_hardness_${value}`),
          }))}
        />
        <Whole
          place={`${here}/weight`}
          label={t("weight")}
          faults={faults}
          min={1}
          max={100}
          value={criterion.weight}
          set={(weight) => change({ weight })}
        />
      </div>
      {isAddable(kind) && ABOUT[kind].length > 0 && (
        <About
          kind={kind}
          rule={criterion.rule}
          place={`${here}/rule/${kind}`}
          part={part}
          change={(rule) => change({ rule })}
        />
      )}
      {writable === undefined && <p class="quiet">{t("settings_rule_kept")}</p>}
      {isNaming(kind) && nameable !== undefined && (
        <Whom of={nameable} sets={criterion.rule[kind]?.sets ?? []}>
          {(students) => (
            <Named
              kind={kind}
              rule={criterion.rule}
              place={`${here}/rule/${kind}`}
              faults={faults}
              students={students}
              change={(rule) => change({ rule })}
            />
          )}
        </Whom>
      )}
      <Said
        faults={at(faults, here).filter((fault) => left(fault, here, kind))}
        id={`${idOf(here)}-wrong`}
      />
      <button type="button" class="small" onClick={remove}>
        {t("settings_remove_criterion", { n: place + 1 })}
      </button>
    </fieldset>
  );
}

/** The students, once the reader wants to see them; until then how many are named. */
function Whom({
  of,
  sets,
  children,
}: {
  of: Nameable;
  sets: readonly (readonly string[])[];
  children: (students: Student[]) => ComponentChildren;
}) {
  const { t, n } = useWords();
  if (of.shown)
    return (
      <Ready of={of.students} again={of.again}>
        {children}
      </Ready>
    );
  return (
    <p>
      {n("settings_set_named", new Set(sets.flat()).size)}{" "}
      <button type="button" class="small" onClick={of.show}>
        {t("settings_set_show")}
      </button>
    </p>
  );
}

/** Whether no field of a criterion shows a fault. */
function left({ pointer }: Fault, here: string, kind: RuleKind): boolean {
  const shown = [`${here}/hardness`, `${here}/weight`];
  if (isAddable(kind) || isNaming(kind)) shown.push(`${here}/rule`);
  if (isNaming(kind) && pointer.startsWith(`${here}/rule/${kind}`)) return false;
  if (isAddable(kind) && pointer.startsWith(`${here}/rule/${kind}`) && ABOUT[kind].length > 0) {
    return false;
  }
  return !shown.includes(pointer);
}

const NUMBERS = ["min_slots", "min_length", "at_least", "at_most"] as const;

/** Which question a rule is about, which of its answers, and how many. */
function About({
  kind,
  rule,
  place,
  part,
  change,
}: {
  kind: Addable;
  rule: Rule;
  place: string;
  part: Part;
  change: (rule: Rule) => void;
}) {
  const words = useWords();
  const { t } = words;
  const { draft, faults } = part;
  const inside: Record<string, unknown> = { ...rule[kind] };
  const set = (more: Record<string, unknown>) => change({ [kind]: { ...inside, ...more } } as Rule);
  const id = questionOf(rule) ?? "";
  const question = draft.questions.find((one) => one.id === id);
  const chosen = Array.isArray(inside.codes) ? inside.codes.map(String) : undefined;
  const name = words.language === "da" ? "da" : "en";
  const options = suited(kind, draft.questions).map((one) => ({
    value: one.id,
    name: one[name] === "" ? one.id : one[name],
  }));
  const choose = (id: string) => {
    const next = draft.questions.find((one) => one.id === id);
    if (kind === "wishes") set({ wanted: id });
    else
      set({ question: id, ...(chosen === undefined ? {} : { codes: codesOf(next).slice(0, 1) }) });
  };
  return (
    <>
      <div class="row">
        <Choice
          place={place}
          label={t("settings_about")}
          faults={faults}
          below={false}
          value={id}
          set={choose}
          options={options}
        />
        {NUMBERS.filter((number) => typeof inside[number] === "number").map((number) => (
          <Whole
            key={number}
            place={`${place}/${number}`}
            label={t(`settings_${number}`)}
            faults={faults}
            min={number === "at_most" ? 0 : 1}
            max={168}
            value={Number(inside[number])}
            set={(value) => set({ [number]: value })}
          />
        ))}
      </div>
      {chosen !== undefined && (
        <fieldset class="ticks" id={idOf(`${place}/codes`)} tabIndex={-1}>
          <legend>{t("settings_codes")}</legend>
          {[...new Set([...codesOf(question), ...chosen])].map((code) => (
            <Tick
              key={code}
              place={`${place}/codes/${code}`}
              label={code}
              faults={[]}
              value={chosen.includes(code)}
              set={(on) =>
                set({ codes: on ? [...chosen, code] : chosen.filter((one) => one !== code) })
              }
            />
          ))}
          <Said faults={at(faults, `${place}/codes`)} id={`${idOf(place)}-codes-wrong`} />
        </fieldset>
      )}
    </>
  );
}
