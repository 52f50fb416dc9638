// Fields that say what is wrong with them, where they stand.

import type { ComponentChildren } from "preact";
import { useWords } from "../i18n/words";
import { at, type Fault, idOf } from "./faults";

interface Attributes {
  id: string;
  "aria-describedby"?: string;
  "aria-invalid"?: "true";
}

/** A field for the setting at a place, with its faults and those below it. */
export function Setting({
  place,
  label,
  hint,
  faults,
  below = true,
  children,
}: {
  place: string;
  label: string;
  hint?: string | undefined;
  faults: readonly Fault[];
  /** Whether nobody else shows what is wrong below the place. */
  below?: boolean;
  children: (attributes: Attributes) => ComponentChildren;
}) {
  const id = idOf(place);
  const wrong = at(faults, place, below);
  const described = [
    ...(hint === undefined ? [] : [`${id}-hint`]),
    ...(wrong.length === 0 ? [] : [`${id}-wrong`]),
  ].join(" ");
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children({
        id,
        ...(described === "" ? {} : { "aria-describedby": described }),
        ...(wrong.length === 0 ? {} : { "aria-invalid": "true" as const }),
      })}
      {hint !== undefined && (
        <p class="quiet" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      <Said faults={wrong} id={`${id}-wrong`} />
    </div>
  );
}

/** What is wrong, beneath what it is wrong with. */
export function Said({ faults, id }: { faults: readonly Fault[]; id: string }) {
  const words = useWords();
  if (faults.length === 0) return null;
  return (
    <p class="fault" id={id}>
      {faults.map((fault) => words.of(fault.words)).join("; ")}
    </p>
  );
}

export function Text({
  value,
  set,
  ...rest
}: {
  place: string;
  label: string;
  hint?: string | undefined;
  faults: readonly Fault[];
  value: string;
  set: (value: string) => void;
}) {
  return (
    <Setting {...rest}>
      {(attributes) => (
        <input
          {...attributes}
          type="text"
          autoComplete="off"
          value={value}
          onInput={(event) => set(event.currentTarget.value)}
        />
      )}
    </Setting>
  );
}

export function Whole({
  value,
  set,
  min,
  max,
  ...rest
}: {
  place: string;
  label: string;
  hint?: string | undefined;
  faults: readonly Fault[];
  value: number;
  set: (value: number) => void;
  min: number;
  max: number;
}) {
  return (
    <Setting {...rest}>
      {(attributes) => (
        <input
          {...attributes}
          type="number"
          inputMode="numeric"
          min={min}
          max={max}
          value={value}
          onInput={(event) => {
            const number = event.currentTarget.valueAsNumber;
            if (Number.isInteger(number)) set(number);
          }}
        />
      )}
    </Setting>
  );
}

export function Choice<T extends string>({
  value,
  set,
  options,
  ...rest
}: {
  place: string;
  label: string;
  hint?: string | undefined;
  faults: readonly Fault[];
  below?: boolean;
  value: T;
  set: (value: T) => void;
  options: readonly { value: T; name: string }[];
}) {
  return (
    <Setting {...rest}>
      {(attributes) => (
        <select
          {...attributes}
          value={value}
          onChange={(event) => {
            const chosen = options.find((option) => option.value === event.currentTarget.value);
            if (chosen !== undefined) set(chosen.value);
          }}
        >
          {options.some((option) => option.value === value) || (
            <option value={value}>{value === "" ? "–" : value}</option>
          )}
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.name}
            </option>
          ))}
        </select>
      )}
    </Setting>
  );
}

/** Something that is so or not. */
export function Tick({
  place,
  label,
  faults,
  value,
  set,
  disabled = false,
}: {
  place: string;
  label: string;
  faults: readonly Fault[];
  value: boolean;
  set: (value: boolean) => void;
  disabled?: boolean;
}) {
  const id = idOf(place);
  const wrong = at(faults, place);
  return (
    <div class="tick">
      <input
        id={id}
        type="checkbox"
        checked={value}
        disabled={disabled}
        aria-describedby={wrong.length > 0 ? `${id}-wrong` : undefined}
        onChange={(event) => set(event.currentTarget.checked)}
      />
      <label for={id}>{label}</label>
      <Said faults={wrong} id={`${id}-wrong`} />
    </div>
  );
}
