// Questions that several dialogs ask in the same way.

import { localTime } from "../settings/draft";
import { Field } from "./parts";

/** One of several words; one is always chosen. */
export function OneOf<T extends string>({
  label,
  value,
  options,
  text,
  set,
}: {
  label: string;
  value: T;
  options: readonly T[];
  text: (option: T) => string;
  set: (value: T) => void;
}) {
  return (
    <Field label={label}>
      {(attributes) => (
        <select
          {...attributes}
          value={value}
          onChange={(event) => {
            const chosen = event.currentTarget.value;
            set(options.find((option) => option === chosen) ?? value);
          }}
        >
          {options.map((option) => (
            <option key={option} value={option}>
              {text(option)}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

/** A time that has been. */
export function PastTime({
  label,
  hint,
  value,
  set,
}: {
  label: string;
  hint?: string;
  value: string;
  set: (value: string) => void;
}) {
  return (
    <Field label={label} {...(hint === undefined ? {} : { hint })}>
      {(attributes) => (
        <input
          {...attributes}
          type="datetime-local"
          required
          max={localTime(new Date().toISOString())}
          value={value}
          onInput={(event) => set(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}
