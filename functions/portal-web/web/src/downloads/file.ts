// Contents as a file of a format, and its name.

import type { Words } from "../i18n/words";
import type { Contents } from "./contents";

export const FORMATS = ["csv", "xlsx", "json"] as const;
export type Format = (typeof FORMATS)[number];
export type What = "groups" | "students" | "roster" | "audit";

/** Each format is fetched when somebody asks for it. */
export async function fileOf(
  contents: Contents,
  format: Format,
  what: What,
  words: Words,
): Promise<Blob> {
  if (format === "csv") return (await import("./csv")).csvOf(contents, words.language);
  if (format === "xlsx") {
    return (await import("./xlsx")).xlsxOf(contents, words.t(`download_name_${what}`));
  }
  // Like a page of the API: entries of the audit trail are checked by `cargo dev audit verify` as they are.
  const text = JSON.stringify({ items: contents.items }, null, 2);
  return new Blob([text, "\n"], { type: "application/json" });
}

/** Of which cohort, what, and of which day in Copenhagen: nothing about a person. */
export function nameOf(
  cohort: string,
  format: Format,
  what: What,
  words: Words,
  now = new Date(),
): string {
  const day = new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Copenhagen" }).format(now);
  const parts = [cohort, words.t(`download_name_${what}`)].map(plain);
  return `${[...parts, day].filter((part) => part !== "").join("_")}.${format}`;
}

const LETTERS: Record<string, string> = { æ: "ae", ø: "oe", å: "aa" };

/** What every file system and mail program leaves as it is. */
function plain(text: string): string {
  return text
    .normalize("NFC")
    .toLowerCase()
    .replace(/[æøå]/g, (letter) => LETTERS[letter] ?? "")
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 60)
    .replace(/^-|-$/g, "");
}
