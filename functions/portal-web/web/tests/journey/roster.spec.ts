// A roster from a file, and who of it has answered, by a contact in a browser.

import { expect, type Page } from "@playwright/test";
import { strToU8, zipSync } from "fflate";
import { openAt } from "./places";
import * as sample from "./sample";
import { noRoster } from "./sample-roster";
import { test, type World } from "./world";

const path = `/api/cohorts/${sample.COHORT}/roster`;

async function open(portal: Page, world: World): Promise<void> {
  await openAt(portal, world, `/cohorts/${sample.COHORT}/roster`);
}

async function choose(portal: Page, text: string, name = "list.csv"): Promise<void> {
  const buffer = Buffer.from(text, "latin1");
  const file = { name, mimeType: "text/csv", buffer };
  await portal.getByLabel("A list from a spreadsheet").setInputFiles(file);
}

test("q8 a list from a Danish spreadsheet is looked through and imported in one step", async ({
  portal,
  world,
}) => {
  world.roster = noRoster;
  await open(portal, world);
  await portal.getByRole("button", { name: "Import a roster" }).click();
  // Windows-1252, with semicolons; names and CPR numbers stay where they are.
  await choose(
    portal,
    "Navn;CPR;Mail;Hold\r\nS\xf8ren;010790-1234;soren@example.edu;hold-1\r\nLiv;020791-1234;LIV@example.edu;HOLD-2\r\n",
  );
  await expect(portal.getByText("2 students are ready")).toBeVisible();
  await expect(portal.getByText(/holds CPR numbers \(column: CPR\)/)).toBeVisible();
  await expect(portal.getByLabel("Column with the e-mail address")).toHaveValue("2");
  await expect(portal.getByLabel("Column with the section")).toHaveValue("3");
  await portal.getByRole("button", { name: "Import 2 students" }).click();
  world.problems.set(`PUT ${path}`, { status: 503, kind: "unavailable" });
  const confirm = portal.getByRole("dialog").getByRole("button", { name: "Import 2 students" });
  await confirm.click();
  await expect(portal.getByText("The service is busy.")).toBeVisible();
  await confirm.click();
  await expect(portal.getByText("The roster is in place: 2 students are expected.")).toBeVisible();
  const [first, second] = world.asked("PUT", path);
  expect(second?.headers["if-match"]).toBe('"0"');
  expect(first?.body).toBe(second?.body);
  expect(JSON.parse(second?.body ?? "")).toEqual({
    students: [
      { email: "soren@example.edu", section: "hold-1" },
      { email: "LIV@example.edu", section: "hold-2" },
    ],
  });
});

test("q8 what is wrong is told at once by line, and the rest can be imported without it", async ({
  portal,
  world,
}) => {
  await open(portal, world);
  await portal.getByRole("button", { name: "Replace the roster" }).click();
  await choose(portal, "Mail;Hold\nok@example.edu;hold-1\nnone;hold-1\nbo@example.edu;hold-9\n");
  const faults = portal.getByRole("list", { name: "What is wrong in the file" });
  await expect(faults.getByRole("listitem")).toHaveText([
    /^Line 3, column “Mail”: This is no e-mail address/,
    /^Line 4, column “Hold”: The cohort does not have this section/,
  ]);
  const button = portal.getByRole("button", { name: "Import 1 student" });
  await expect(button).toBeDisabled();
  await portal.getByLabel(/^Leave out the rows/).check();
  await button.click();
  await expect(portal.getByText(/is replaced as a whole/)).toBeVisible();
  // Somebody else was quicker: the dialog stays, and the next try is from their version.
  world.problems.set(`PUT ${path}`, { status: 412, kind: "stale", more: { version: 4 } });
  world.roster = { ...world.roster, version: 4 };
  const dialog = portal.getByRole("dialog");
  await dialog.getByRole("button", { name: "Import 1 student" }).click();
  await expect(portal.getByText(/Somebody else changed it/)).toBeVisible();
  await expect.poll(() => world.asked("GET", path).length).toBeGreaterThan(1);
  await dialog.getByRole("button", { name: "Import 1 student" }).click();
  await expect(portal.getByText("The roster is in place: 1 student is expected.")).toBeVisible();
  expect(world.asked("PUT", path).at(-1)?.headers["if-match"]).toBe('"4"');
});

test("q8 a keyboard goes on where it was, and what was refused is not said of other columns", async ({
  portal,
  world,
}) => {
  await open(portal, world);
  const replace = portal.getByRole("button", { name: "Replace the roster" });
  await replace.click();
  await expect(portal.getByRole("heading", { name: "1. The file" })).toBeFocused();
  await portal.getByRole("button", { name: "Cancel" }).click();
  await expect(replace).toBeFocused();
  await replace.click();
  await choose(portal, "Mail;Privat;Hold\na@example.edu;b@example.edu;hold-1\n");
  await portal.getByRole("button", { name: "Import 1 student" }).click();
  const place = { in: "body", name: "students", pointer: "/students/0/email" };
  const errors = [{ ...place, problem: "not this one" }];
  world.problems.set(`PUT ${path}`, { status: 400, kind: "parameters", more: { errors } });
  await portal.getByRole("dialog").getByRole("button", { name: "Import 1 student" }).click();
  await expect(portal.getByText(/not this one/)).toBeVisible();
  await portal.getByLabel("Column with the e-mail address").selectOption("1");
  await expect(portal.getByText(/not this one/)).toBeHidden();
});

test("q8 the numbers follow while answers come in", async ({ portal, world }) => {
  await portal.clock.install();
  await open(portal, world);
  await expect(portal.getByText("82 of 100 expected students")).toBeVisible();
  world.roster = { ...world.roster, all: { expected: 100, answered: 83, unlisted: 2 } };
  await portal.clock.runFor(61_000);
  await expect(portal.getByText("83 of 100 expected students")).toBeVisible();
});

test("q8 a workbook is read under the policy of the page", async ({ portal, world }) => {
  await open(portal, world);
  await portal.getByRole("button", { name: "Replace the roster" }).click();
  const cell = (text: string) => `<c t="inlineStr"><is><t>${text}</t></is></c>`;
  const rows = [
    ["Hold", "Mail"],
    ["hold-2", "liv@example.edu"],
  ].map((cells) => `<row>${cells.map(cell).join("")}</row>`);
  const sheet = `<worksheet><sheetData>${rows.join("")}</sheetData></worksheet>`;
  const buffer = Buffer.from(zipSync({ "xl/worksheets/sheet1.xml": strToU8(sheet) }));
  const mimeType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
  await portal
    .getByLabel("A list from a spreadsheet")
    .setInputFiles({ name: "list.xlsx", mimeType, buffer });
  await expect(portal.getByText("1 student is ready")).toBeVisible();
  await choose(portal, "");
  await expect(portal.getByText("The file is empty.")).toBeVisible();
});

test("q8 rates, days and people are shown and can be narrowed", async ({ portal, world }) => {
  await open(portal, world);
  await expect(portal.getByText("82 of 100 expected students")).toBeVisible();
  await portal.getByText("Show as a table").click();
  await expect(
    portal.getByRole("rowheader", { name: "1 September 2026", exact: true }),
  ).toBeVisible();
  const people = portal.getByRole("region", { name: "The students" });
  await expect(people.getByText("liv.dam@example.edu")).toBeVisible();
  await expect(people.getByText("freja.lund@example.edu")).toBeHidden();
  await people.getByLabel("Show").selectOption("unlisted");
  await expect(people.getByText("emil.holm.privat@example.org")).toBeVisible();
  expect(world.asked("GET", `${path}/people`).at(-1)?.query.get("presence")).toBe("unlisted");
  await portal.getByRole("button", { name: "Delete the roster" }).click();
  await portal.getByRole("dialog").getByRole("button", { name: "Delete the roster" }).click();
  await expect(portal.getByText("The roster is deleted.")).toBeVisible();
  // Without a roster there is nothing to choose, and everybody who answered is shown.
  await expect(people.getByLabel("Show")).toBeHidden();
  await expect(people.getByText("freja.lund@example.edu")).toBeVisible();
  await expect(people.getByText("emil.holm.privat@example.org")).toBeVisible();
});

test("q8 who answers while the list is looked at moves in it by themselves", async ({
  portal,
  world,
}) => {
  const people = `/api/cohorts/${sample.COHORT}/roster/people`;
  await portal.clock.install();
  await open(portal, world);
  const list = portal.getByRole("table", { name: "The students" });
  await expect(list.getByText("liv.dam@example.edu")).toBeVisible();
  await expect(list.getByRole("row")).toHaveCount(1 + 2);
  // As long as the numbers stay, nobody looks at the list again, whatever else of the page is new.
  await expect(portal.getByText("hold-1: 82%")).toBeVisible();
  const sections = [{ section: "hold-1", students: 5, listed: 5 }];
  world.timeline = { days: [...world.timeline.days, { day: "2026-09-06", sections }] };
  await portal.clock.fastForward(61_000);
  await expect(portal.getByText("hold-1: 92%")).toBeVisible();
  expect(world.asked("GET", people)).toHaveLength(1);

  world.people = world.people.map((one) =>
    one.email === "liv.dam@example.edu" ? { ...one, presence: "answered" } : one,
  );
  world.roster = { ...world.roster, all: { ...world.roster.all, answered: 83 } };
  await portal.clock.fastForward(61_000);
  await expect(list.getByText("liv.dam@example.edu")).toHaveCount(0);
  await expect(list.getByText("emil.holm@example.edu")).toBeVisible();
  await expect(portal.getByText("have answered: 83 of 100")).toBeVisible();
  expect(world.asked("GET", people)).toHaveLength(2);
});

test("q8 when somebody replaces the roster its people are read once", async ({ portal, world }) => {
  const people = `/api/cohorts/${sample.COHORT}/roster/people`;
  await portal.clock.install();
  await open(portal, world);
  const list = portal.getByRole("table", { name: "The students" });
  await expect(list.getByRole("row")).toHaveCount(1 + 2);
  world.people = world.people.filter(({ email }) => email !== "liv.dam@example.edu");
  const { version, all } = world.roster;
  world.roster = { ...world.roster, version: version + 1, all: { ...all, expected: 99 } };
  await portal.clock.fastForward(61_000);
  await expect(portal.getByText("82 of 99 expected students")).toBeVisible();
  await expect(list.getByRole("row")).toHaveCount(1 + 1);
  expect(world.asked("GET", people)).toHaveLength(2);
});
