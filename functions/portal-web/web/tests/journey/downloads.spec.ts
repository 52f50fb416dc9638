// Lists that a contact takes along as files: read whole, made in the browser, under the policy of the page.

import { readFileSync } from "node:fs";
import { expect, type Page } from "@playwright/test";
import { read } from "../../src/roster/sheet";
import { look } from "../look";
import { go, openAt } from "./places";
import * as sample from "./sample";
import { signIn, test } from "./world";

const cohort = `/cohorts/${sample.COHORT}`;
const formation = `${cohort}/formations/${sample.AWAITING}`;
const students = `/api${cohort}/students`;

/** Opens the choices and takes the list in a format. */
async function take(page: Page, list: string, format: string): Promise<[string, Buffer]> {
  const choices = page.locator("details.download");
  if ((await choices.getAttribute("open")) === null) await page.getByText(list).click();
  const download = page.waitForEvent("download");
  await page.getByRole("group", { name: list }).getByRole("button", { name: format }).click();
  const file = await download;
  return [file.suggestedFilename(), readFileSync(await file.path())];
}

/** Files that are handed over from now on. */
function saved(page: Page): string[] {
  const names: string[] = [];
  page.on("download", (file) => names.push(file.suggestedFilename()));
  return names;
}

test("p3 the groups are a table with a row for each member, in each format", async ({
  portal,
  world,
}) => {
  await openAt(portal, world, formation);
  const members = sample.groups.flatMap((group) => group.members);
  const [name, csv] = await take(portal, "Download the groups", "CSV");
  expect(name).toMatch(/^computer-science-autumn-2026_groups_\d{4}-\d\d-\d\d\.csv$/);
  expect(csv.toString("utf8").split("\r\n")[0]).toBe(
    '\ufeffSection,Group,Name,E-mail,Number,"Score of the group, of 100"',
  );
  const table = read(csv);
  expect(table.rows).toHaveLength(members.length);
  const first = ["hold-1", "1", sample.students[0]?.name, sample.students[0]?.email, "20260", "95"];
  expect(table.rows[0]?.cells).toEqual(first);
  const told = portal.getByRole("status").filter({ hasText: `${name} has been handed` });
  await expect(told).toContainText(`Rows: ${members.length}.`);
  // Whoever uses a keyboard goes on where they were.
  await expect(portal.getByRole("button", { name: "CSV" })).toBeFocused();

  const [workbook, xlsx] = await take(portal, "Download the groups", "Excel (XLSX)");
  expect(workbook).toMatch(/_groups_\d{4}-\d\d-\d\d\.xlsx$/);
  const sheet = read(xlsx);
  expect(sheet.header.at(-1)).toBe("Score of the group, of 100");
  expect(sheet.rows.map(({ cells }) => cells[2])).toEqual(members.map((member) => member.name));
  expect(sheet.rows[0]?.cells).toEqual(first);

  const [, json] = await take(portal, "Download the groups", "JSON");
  const { items } = JSON.parse(json.toString("utf8"));
  expect(items).toHaveLength(members.length);
  expect(items[0]).toMatchObject({ section: "hold-1", group: 1, student_number: "20260" });
});

test("p3 the students, the roster and the trail are files in the reader's language", async ({
  portal,
  world,
}) => {
  await signIn(portal);
  await portal.getByRole("button", { name: "Dansk" }).click();
  await go(portal, world, `${cohort}/students`);
  await portal.getByLabel("Hold").selectOption("hold-1");
  const [name, csv] = await take(portal, "Hent de studerende som fil", "CSV");
  expect(name).toMatch(/^datalogi-efteraar-2026_studerende_\d{4}-\d\d-\d\d\.csv$/);
  const [head, first] = csv.toString("utf8").split("\r\n");
  expect(head).toBe(
    "\ufeffHold;Navn;E-mail;Nummer;Svarede;På deltagerlisten;Deltager;Mail stoppet",
  );
  expect(first).toContain(";20261;2026-09-02 11:30:00;ja;ja;");
  // What the filter leaves out is in no file.
  expect(csv.toString("utf8")).not.toContain("hold-2");

  await go(portal, world, `${cohort}/roster`);
  const [roster, xlsx] = await take(portal, "Hent listen som fil", "Excel (XLSX)");
  expect(roster).toMatch(/_deltagerliste_.*\.xlsx$/);
  // The page shows those who have not answered.
  expect(read(xlsx).rows.map(({ cells }) => cells[5])).toEqual([
    "Har ikke svaret",
    "Har ikke svaret",
  ]);

  await go(portal, world, "/audit");
  const [trail, json] = await take(portal, "Hent posterne som fil", "JSON");
  expect(trail).toMatch(/^revisionsspor_.*\.json$/);
  expect(JSON.parse(json.toString("utf8"))).toEqual({ items: sample.trail });
  const asked = world.asked("GET", "/api/audit").at(-1)?.query;
  expect(asked?.get("limit")).toBe("200");
  expect(asked?.get("from"), "the entries that were searched for").toMatch(/^\d{4}-\d\d-\d\dT/);
  await portal.evaluate(() => {
    if (localStorage.length > 1 || sessionStorage.length > 1) throw new Error("something is kept");
  });
});

test("p3 a list that could not be read to its end is told and not saved", async ({
  portal,
  world,
}) => {
  await openAt(portal, world, formation);
  const names = saved(portal);
  // The groups are read, the students' addresses are not.
  world.problems.set(`GET ${students}`, { status: 503, kind: "unavailable" });
  await portal.getByText("Download the groups").click();
  await portal.getByRole("button", { name: "Excel (XLSX)" }).click();
  await expect(portal.getByRole("alert")).toContainText("The service is busy.");
  await portal.context().setOffline(true);
  await portal.getByRole("button", { name: "Try again" }).click();
  await expect(portal.getByRole("alert")).toContainText("connection");
  await portal.context().setOffline(false);
  expect(names).toEqual([]);
  const download = portal.waitForEvent("download");
  await portal.getByRole("button", { name: "Try again" }).click();
  expect((await download).suggestedFilename()).toMatch(/\.xlsx$/);
  await expect(portal.getByRole("alert")).toHaveCount(0);
});

test("p3 a session that ends meanwhile saves nothing before somebody has signed in again", async ({
  portal,
  world,
}) => {
  await openAt(portal, world, `${cohort}/students`);
  await portal.getByText("Download the students").click();
  const names = saved(portal);
  world.expire();
  await portal.getByRole("button", { name: "CSV" }).click();
  const dialog = portal.getByRole("dialog", { name: "Your session has ended" });
  await expect(dialog).toBeVisible();
  expect(names).toEqual([]);
  world.expired = false;
  const download = portal.waitForEvent("download");
  await dialog.getByRole("button", { name: "Sign in in a new window" }).click();
  expect((await download).suggestedFilename()).toMatch(/_students_/);
});

test("p3 a long list tells how far it is and can be stopped", async ({ portal, world }) => {
  await openAt(portal, world, `${cohort}/students`);
  await portal.getByText("Download the students").click();
  const names = saved(portal);
  let asked = 0;
  let go = () => {};
  const held = new Promise<void>((resolve) => {
    go = resolve;
  });
  await portal.route(`**${students}*`, async (route) => {
    asked += 1;
    if (asked === 2) await held;
    await route
      .fulfill({ json: { items: sample.students, next: `page-${asked + 1}` } })
      .catch(() => undefined);
  });
  await portal.getByRole("button", { name: "Excel (XLSX)" }).click();
  await expect(portal.getByRole("status").filter({ hasText: "12 read so far …" })).toBeVisible();
  const stop = portal.getByRole("button", { name: "Stop the download" });
  await expect(stop).toBeFocused();
  await stop.press("Enter");
  await expect(portal.getByText("Stopped. Nothing was saved.")).toBeVisible();
  await expect(portal.getByRole("button", { name: "Excel (XLSX)" })).toBeFocused();
  go();
  await portal.waitForTimeout(300);
  expect(asked, "no further page is read").toBe(2);
  expect(names).toEqual([]);
});

test("p3 the choices can be read and used narrow and wide, in both languages", async ({
  portal,
  world,
}) => {
  test.slow();
  await openAt(portal, world, formation);
  for (const [place, list] of [
    [formation, /^(Download the groups|Hent grupperne som fil)$/],
    [`${cohort}/students`, /^(Download the students|Hent de studerende som fil)$/],
    [`${cohort}/roster`, /^(Download the list|Hent listen som fil)$/],
    ["/audit", /^(Download the entries|Hent posterne som fil)$/],
  ] as const) {
    await go(portal, world, place);
    await portal.getByText(list).click();
    for (const language of ["Dansk", "English"]) {
      await portal.getByRole("button", { name: language }).click();
      for (const width of [320, 1280]) {
        await portal.setViewportSize({ width, height: 800 });
        const page = place
          .split("/")
          .filter((part) => !part.includes("_"))
          .at(-1);
        await look(portal, `download-${page}-${language}-${width}`);
      }
    }
  }
});
