// The calendar file of a group mail, as a reader of calendars reads it that is not the library which wrote it. The
// files are those that the tests of the crate `mail` compare with what it writes.

import { readFileSync } from "node:fs";
import ICAL from "ical.js";
import { describe, expect, test } from "vitest";
import { instant } from "../../src/settings/draft";

const SNAPSHOTS = new URL("../../../../../shared/mail/src/group_mail/snapshots/", import.meta.url);

/** The file, with the line ends that the mail has. */
function calendar(name: string): ICAL.Component {
  const path = new URL(`mail__group_mail__tests__${name}.snap`, SNAPSHOTS);
  const body = readFileSync(path, "utf8").split("\n---\n")[1] ?? "";
  return new ICAL.Component(ICAL.parse(body.trim().replaceAll("\n", "\r\n")));
}

/** When the meetings begin and end, by the file's own rules of time. */
function meetings(file: ICAL.Component): { starts: string[]; hours: Set<number> } {
  const [zone, event] = [
    file.getFirstSubcomponent("vtimezone"),
    file.getFirstSubcomponent("vevent"),
  ];
  if (zone === null || event === null) throw new Error("the file lacks a part");
  ICAL.TimezoneService.reset();
  ICAL.TimezoneService.register(zone);
  const read = new ICAL.Event(event);
  const starts: string[] = [];
  const hours = new Set<number>();
  const each = read.iterator();
  for (let next = each.next(); next; next = each.next()) {
    const { startDate, endDate } = read.getOccurrenceDetails(next);
    starts.push(startDate.toJSDate().toISOString().replace(".000Z", "Z"));
    hours.add((endDate.toUnixTime() - startDate.toUnixTime()) / 3600);
  }
  return { starts, hours };
}

describe("m1_the_calendar_file", () => {
  test.each([
    ["group_da_calendar", ["2026-09-10", "2026-09-17", "2026-09-24", "2026-10-01"]],
    // The clocks are put back on 25 October 2026, and forward on 28 March 2027.
    ["group_da_calendar_autumn", ["2026-10-15", "2026-10-22", "2026-10-29", "2026-11-05"]],
    ["group_en_calendar_spring", ["2027-03-18", "2027-03-25", "2027-04-01", "2027-04-08"]],
  ])("%s has four meetings at nine o'clock in Denmark, two hours each", (name, days) => {
    const { starts, hours } = meetings(calendar(name));
    // What time it is in Copenhagen is told by the machine's own database, not by the file.
    expect(starts).toEqual(days.map((day) => instant(`${day}T09:00`)));
    expect([...hours]).toEqual([2]);
  });

  test("is one entry that can be known again and names nobody", () => {
    const file = calendar("group_da_calendar");
    expect(file.getFirstPropertyValue("version")).toBe("2.0");
    expect(file.getFirstPropertyValue("method")).toBeNull();
    const events = file.getAllSubcomponents("vevent");
    expect(events).toHaveLength(1);
    const [event] = events;
    expect(event?.getFirstPropertyValue("uid")).toBe("for_1-A-7@unihelper");
    expect(String(event?.getFirstPropertyValue("dtstamp"))).toBe("2026-09-07T08:00:00Z");
    expect(event?.getFirstPropertyValue("summary")).toBe("Studiegruppe 7: møde");
    // Folded and escaped in the file, whole to the reader.
    expect(event?.getFirstPropertyValue("description")).toBe(
      "Et forslag ud fra jeres svar i spørgeskemaet. Flyt eller slet det, når gruppen har aftalt noget andet.",
    );
    expect(event?.getFirstProperty("attendee")).toBeNull();
    expect(event?.getFirstProperty("organizer")).toBeNull();
  });
});
