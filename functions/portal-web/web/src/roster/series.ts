// When answers came in, as lines: how many had answered at the end of each day.

import type { Roster, Timeline } from "../api/types";

export interface Line {
  /** The section; empty for the whole cohort. */
  section: string;
  /** How many are expected; nothing without a roster. */
  expected: number | undefined;
  /** How many had answered at the end of each day. */
  students: number[];
  /** The part of the expected who had answered, 0 to 1; nothing where nobody is expected. */
  rates: number[] | undefined;
}

export interface Series {
  days: string[];
  lines: Line[];
}

const DAY = 24 * 60 * 60 * 1000;

/** Every day from one to another. */
function every(from: string, to: string): string[] {
  const [first, last] = [Date.parse(from), Date.parse(to)];
  const days = [];
  for (let day = first; day <= last; day += DAY)
    days.push(new Date(day).toISOString().slice(0, 10));
  return days;
}

/** Lines of the whole cohort and of each section, until a day, or the last answer if it came later. */
export function seriesOf(timeline: Timeline, roster: Roster, until: string): Series {
  const first = timeline.days[0]?.day;
  const last = timeline.days.at(-1)?.day;
  if (first === undefined || last === undefined) return { days: [], lines: [] };
  const days = every(first, last > until ? last : until);
  const places = new Map(days.map((day, place) => [day, place]));
  const has = roster.listed_at !== undefined;
  const line = (section: string, expected: number): Line => {
    const counts = (which: "students" | "listed") => {
      const perDay = days.map(() => 0);
      for (const { day, sections } of timeline.days) {
        const place = places.get(day) ?? 0;
        for (const one of sections) {
          if (section === "" || one.section === section) {
            perDay[place] = (perDay[place] ?? 0) + one[which];
          }
        }
      }
      let sum = 0;
      return perDay.map((count) => {
        sum += count;
        return sum;
      });
    };
    return {
      section,
      expected: has ? expected : undefined,
      students: counts("students"),
      rates: has && expected > 0 ? counts("listed").map((count) => count / expected) : undefined,
    };
  };
  const sections = roster.sections.map((one) => line(one.section, one.expected));
  return { days, lines: [line("", roster.all.expected), ...sections] };
}
