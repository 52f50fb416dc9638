// Options of questions as lines of text, which are quicker to write and to paste than a field for each:
// `code: answer; answer`, and for free times `field | Mon 8-12 | answer; answer`.

import type { Localised } from "../api/types";

export interface ChoiceOption {
  code: string;
  answers?: string[];
}

export interface SlotOption {
  field?: string;
  slots: number[];
  answers: string[];
}

/** What was read, or which line cannot be. */
export type Read<T> = { read: T } | { wrong: Localised };

const DAYS = [
  ["mon", "man"],
  ["tue", "tir"],
  ["wed", "ons"],
  ["thu", "tor"],
  ["fri", "fre"],
  ["sat", "lør"],
  ["sun", "søn"],
];
const SHOWN = {
  da: ["Man", "Tir", "Ons", "Tor", "Fre", "Lør", "Søn"],
  en: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
};

export const list = (text: string): string[] =>
  text
    .split(";")
    .map((part) => part.trim())
    .filter((part) => part !== "");

const lines = (text: string): string[] => text.split("\n").filter((line) => line.trim() !== "");

export function readOptions(text: string): ChoiceOption[] {
  return lines(text).map((line) => {
    const [code = "", ...rest] = line.split(":");
    return { code: code.trim(), answers: list(rest.join(":")) };
  });
}

export function writeOptions(options: readonly ChoiceOption[]): string {
  return options
    .map(({ code, answers = [] }) => (answers.length > 0 ? `${code}: ${answers.join("; ")}` : code))
    .join("\n");
}

export function readSlots(text: string): Read<SlotOption[]> {
  const read: SlotOption[] = [];
  for (const [place, line] of lines(text).entries()) {
    const parts = line.split("|").map((part) => part.trim());
    const [field = "", when = "", answers = ""] = parts;
    const slots = hoursOf(when);
    if (parts.length !== 3 || slots === undefined || list(answers).length === 0) {
      return {
        wrong: {
          da: `linje ${place + 1} skal være som: felt | Man 8-12 | svar; svar`,
          en: `line ${place + 1} must be like: field | Mon 8-12 | answer; answer`,
        },
      };
    }
    read.push({ ...(field === "" ? {} : { field }), slots, answers: list(answers) });
  }
  return { read };
}

/** `Mon 8-12, Tue 9` as hours of the week; nothing (`-`) is no hour. */
function hoursOf(when: string): number[] | undefined {
  if (when === "-") return [];
  const hours: number[] = [];
  for (const span of when.split(",")) {
    const found = /^\s*(\p{L}+)\s+(\d{1,2})(?:\s*[-–]\s*(\d{1,2}))?\s*$/u.exec(span);
    const day = DAYS.findIndex((names) =>
      names.includes((found?.[1] ?? "").toLowerCase().slice(0, 3)),
    );
    const from = Number(found?.[2]);
    const until = found?.[3] === undefined ? from + 1 : Number(found[3]);
    if (day < 0 || !(from < until && until <= 24)) return undefined;
    for (let hour = from; hour < until; hour += 1) hours.push(day * 24 + hour);
  }
  return hours;
}

export function writeSlots(options: readonly SlotOption[], language: "da" | "en"): string {
  return options
    .map(
      ({ field = "", slots, answers }) =>
        `${field} | ${spans(slots, language)} | ${answers.join("; ")}`,
    )
    .join("\n");
}

function spans(slots: readonly number[], language: "da" | "en"): string {
  const sorted = [...slots].sort((a, b) => a - b);
  const found: { from: number; until: number }[] = [];
  for (const slot of sorted) {
    const last = found.at(-1);
    if (last !== undefined && last.until === slot && slot % 24 !== 0) last.until += 1;
    else found.push({ from: slot, until: slot + 1 });
  }
  const day = (slot: number) => SHOWN[language][Math.floor(slot / 24)] ?? "";
  const said = found.map(
    ({ from, until }) => `${day(from)} ${from % 24}-${((until - 1) % 24) + 1}`,
  );
  return said.length === 0 ? "-" : said.join(", ");
}
