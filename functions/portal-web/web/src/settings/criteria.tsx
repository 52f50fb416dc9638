// How questions count when groups are formed: each criterion in plain words, and recipes to begin with.

import { useWords } from "../i18n/words";
import { type Criterion, row } from "./draft";
import { at, type Fault, idOf } from "./faults";
import { Choice, Said, Tick, Whole } from "./fields";
import type { Part } from "./form";
import {
  ABOUT,
  ADDABLE,
  type Addable,
  codesOf,
  fresh,
  freshId,
  kindOf,
  questionOf,
  RECIPES,
  type Recipe,
  type Rule,
  suited,
} from "./rules";

const isAddable = (kind: string): kind is Addable => Object.hasOwn(ABOUT, kind);

export function Criteria({ draft, faults, set }: Part) {
  const { t } = useWords();
  const { criteria, questions } = draft;
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
  change,
  remove,
}: {
  criterion: Criterion;
  place: number;
  part: Part;
  change: (more: Partial<Criterion>) => void;
  remove: () => void;
}) {
  const { t } = useWords();
  const { faults, draft } = part;
  const here = `/criteria/${place}`;
  const kind = kindOf(criterion.rule);
  const become = (kind: Addable) => change({ rule: fresh(kind, suited(kind, draft.questions)[0]) });
  return (
    <fieldset class="group" id={idOf(here)} tabIndex={-1}>
      <legend>{`${t("criterion")} ${place + 1}: ${t(`rule_${kind}`)}`}</legend>
      <p>{t(`rule_${kind}_text`)}</p>
      <div class="row">
        {isAddable(kind) && (
          <Choice
            place={`${here}/rule`}
            label={t("settings_rule")}
            faults={faults}
            below={false}
            value={kind}
            set={become}
            options={ADDABLE.map((value) => ({ value, name: t(`rule_${value}`) }))}
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
      {!isAddable(kind) && <p class="quiet">{t("settings_rule_kept")}</p>}
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

/** Whether no field of a criterion shows a fault. */
function left({ pointer }: Fault, here: string, kind: string): boolean {
  const shown = [`${here}/hardness`, `${here}/weight`];
  if (isAddable(kind)) shown.push(`${here}/rule`);
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
