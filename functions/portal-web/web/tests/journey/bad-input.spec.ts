// What goes wrong when a contact enters something or the network goes: it is said what is wrong and what to do, and
// nothing that was entered is lost. Versions that are stale have walks of their own beside what they are about.

import { expect, type Page } from "@playwright/test";
import { strToU8, zipSync } from "fflate";
import { go, openAt } from "./places";
import * as sample from "./sample";
import { noRoster } from "./sample-roster";
import { test, type World } from "./world";

const roster = `/api/cohorts/${sample.COHORT}/roster`;

async function importing(portal: Page, world: World): Promise<void> {
  world.roster = noRoster;
  await openAt(portal, world, `/cohorts/${sample.COHORT}/roster`);
  await portal.getByRole("button", { name: "Import a roster" }).click();
}

const choose = (portal: Page, buffer: Buffer, name = "list.csv"): Promise<void> =>
  portal
    .getByLabel("A list from a spreadsheet")
    .setInputFiles({ name, mimeType: "application/octet-stream", buffer });

const found = (portal: Page) =>
  portal.getByRole("list", { name: "What is wrong in the file" }).getByRole("listitem");

test("p3 a roster in a wrong encoding is told by its letters", async ({ portal, world }) => {
  const sections = [
    { id: "hold-1", answers: ["Holdet på Øst"] },
    { id: "hold-2", answers: [] },
  ];
  world.settings = {
    ...sample.settings,
    settings: { ...sample.settings.settings, sections },
  };
  await importing(portal, world);
  // As an old Mac writes it: å is 0x8C, Ø is 0xAF.
  const mac = Buffer.from("Mail;Hold\nsoren@example.edu;Holdet p\x8c \xafst\n", "latin1");
  await choose(portal, mac);
  await expect(portal.getByText(/^The file was read as windows-1252\. Look whether/)).toContainText(
    "If not, save the list as XLSX or as CSV in UTF-8, and choose it again.",
  );
  await portal.getByLabel("Column with the section").selectOption("1");
  await expect(found(portal)).toHaveText([
    /^Line 2, column “Hold”: The letters in this cell are broken\. Save the list as XLSX/,
  ]);
  await expect(portal.getByRole("button", { name: /^Import 0/ })).toBeDisabled();
  // What was read as another encoding once and saved so stays broken in any.
  await choose(portal, Buffer.from("Mail;Hold\nsoren@example.edu;Holdet pÃ¥ Ã˜st\n"));
  await portal.getByLabel("Column with the section").selectOption("1");
  await expect(found(portal)).toHaveText([/The letters in this cell are broken/]);
  await choose(portal, Buffer.from("Mail;Hold\nsoren@example.edu;Holdet på Øst\n"));
  await expect(portal.getByRole("button", { name: "Import 1 student" })).toBeEnabled();
});

test("p3 a roster with addresses twice says where, and what counts once", async ({
  portal,
  world,
}) => {
  await importing(portal, world);
  const rows = ["Mail;Hold", "ida@example.edu;hold-1", "Ida@example.edu;hold-1"];
  await choose(portal, Buffer.from([...rows, "IDA@example.edu;hold-2"].join("\n")));
  await expect(portal.getByText("1 row says the same as an earlier one")).toBeVisible();
  await expect(found(portal)).toHaveText([
    "Line 4, column “Mail”: The address stands in line 2 with another section. Delete one of them.",
  ]);
  await expect(portal.getByRole("button", { name: "Import 1 student" })).toBeDisabled();
  expect(world.asked("PUT", roster)).toHaveLength(0);
});

test("p3 a roster without a column that is needed asks for it", async ({ portal, world }) => {
  await importing(portal, world);
  await choose(portal, Buffer.from("Navn;Nummer\nIda Lund;s204711\n"));
  await expect(
    portal.getByText("Choose the column with the e-mail addresses. A roster cannot do without."),
  ).toBeVisible();
  await expect(portal.getByRole("button", { name: /^Import/ })).toHaveCount(0);
  await choose(portal, Buffer.from("Navn;Mail\nIda Lund;ida@example.edu\n"));
  await expect(portal.getByText(/^Choose the column with the sections\./)).toBeVisible();
  await expect(portal.getByLabel("Column with the e-mail address")).toHaveValue("1");
});

test("p3 a roster of 20,000 is imported and one of more says what to do", async ({
  portal,
  world,
}) => {
  await importing(portal, world);
  const list = (length: number) =>
    Buffer.from(
      `Mail;Hold\n${Array.from({ length }, (_, n) => `student.${n}@student.example.edu;hold-1`).join("\n")}`,
    );
  await choose(portal, list(20_001));
  await expect(portal.getByRole("alert")).toHaveText(
    /^The file has 20,001 students, and a roster has at most 20,000\. Nothing has changed\. Keep only/,
  );
  await expect(portal.getByRole("button", { name: "Import 20,001 students" })).toBeDisabled();
  await choose(portal, list(20_000));
  await portal.getByRole("button", { name: "Import 20,000 students" }).click();
  await portal.getByRole("dialog").getByRole("button", { name: "Import 20,000 students" }).click();
  await expect(
    portal.getByText("The roster is in place: 20,000 students are expected."),
  ).toBeVisible();
  const [put] = world.asked("PUT", roster);
  expect(JSON.parse(put?.body ?? "").students).toHaveLength(20_000);
  // The gateway and the function behind it take six megabytes.
  expect(put?.body.length).toBeLessThan(6_000_000);
});

test("p3 cells that are formulas are told by line, in lists and in workbooks", async ({
  portal,
  world,
}) => {
  await importing(portal, world);
  const told = (line: number) =>
    `Line ${line}, column “Mail”: The cell begins like a formula (=, +, - or @). Write the address itself into it.`;
  const rows = ["Mail;Hold", "ida@example.edu;hold-1", '"=HYPERLINK(""x"")";hold-1'];
  await choose(portal, Buffer.from(rows.join("\n")));
  await expect(found(portal)).toHaveText([told(3)]);
  await expect(portal.getByText("HYPERLINK")).toHaveCount(1);
  // A formula whose value is known counts as that; one that was never worked out has none.
  const text = (of: string) => `<c t="inlineStr"><is><t>${of}</t></is></c>`;
  const known = '<c t="str"><f>LOWER(C2)</f><v>liv@example.edu</v></c>';
  const unsolved = "<c><f>LOWER(C3)</f></c>";
  const sheet = [`${text("Mail")}${text("Hold")}`, `${known}${text("hold-1")}`]
    .concat(`${unsolved}${text("hold-2")}`)
    .map((cells) => `<row>${cells}</row>`)
    .join("");
  const parts = {
    "xl/worksheets/sheet1.xml": strToU8(`<worksheet><sheetData>${sheet}</sheetData></worksheet>`),
  };
  await choose(portal, Buffer.from(zipSync(parts)), "list.xlsx");
  await expect(found(portal)).toHaveText([told(3)]);
  await portal.getByLabel(/^Leave out the rows/).check();
  await expect(portal.getByRole("button", { name: "Import 1 student" })).toBeEnabled();
});

test("p3 a deadline in the past is told where it stands, and the rest stays as it was written", async ({
  portal,
  world,
}) => {
  await openAt(portal, world, "/new-cohort");
  await portal.getByLabel("Begin with").selectOption(sample.COHORT);
  await portal.getByLabel("Name in English").fill("Computer science, autumn 2027");
  const deadline = portal.getByLabel("Deadline, in Danish time");
  await deadline.fill("2020-09-10T12:00");
  const words = {
    da: "ligger i fortiden; vælg et senere tidspunkt",
    en: "lies in the past; choose a time that is to come",
  };
  const errors = [{ in: "body", name: "deadline", problem: words.en, pointer: "/deadline", words }];
  world.problems.set("POST /api/cohorts", { status: 400, kind: "parameters", more: { errors } });
  await portal.getByRole("button", { name: "Set up the cohort" }).click();
  await expect(deadline).toHaveAccessibleDescription(/lies in the past; choose a time/);
  await expect(deadline).toHaveValue("2020-09-10T12:00");
  await expect(portal.getByLabel("Name in English")).toHaveValue("Computer science, autumn 2027");
  await deadline.fill("2027-09-10T12:00");
  await portal.getByRole("button", { name: "Set up the cohort" }).click();
  await expect(portal).toHaveURL(new RegExp(`/cohorts/${sample.COHORT}$`));
  const last = world.asked("POST", "/api/cohorts").at(-1);
  expect(JSON.parse(last?.body ?? "")).toMatchObject({
    name: { en: "Computer science, autumn 2027" },
    deadline: "2027-09-10T10:00:00Z",
  });
});

test("p3 from a criterion that excludes everybody the way leads back to it as it was set", async ({
  portal,
  world,
}) => {
  await openAt(portal, world, `/cohorts/${sample.COHORT}/formations/${sample.FAILED}`);
  const why = portal.getByRole("region", { name: "Why it failed" });
  await expect(why).toContainText("cannot both hold");
  await expect(why.getByRole("table", { name: "What giving up a rule buys" })).toBeVisible();
  await why.getByRole("link", { name: "Change the settings" }).click();
  const criteria = portal.getByRole("group", { name: /^Criterion \d/ });
  await expect(criteria).toHaveCount(sample.settings.settings.criteria.length);
});

test("p3 a change whose answer was lost is shown as it is, and the next is not taken for stale", async ({
  portal,
  world,
}) => {
  const board = `/api/cohorts/${sample.COHORT}/formations/${sample.AWAITING}/board`;
  const [first, second] = sample.groups;
  const [moved, next] = first?.members ?? [];
  await openAt(portal, world, `/cohorts/${sample.COHORT}/formations/${sample.AWAITING}`);
  await expect(
    portal.getByRole("button", { name: `Move ${moved?.name}`, exact: true }),
  ).toBeVisible();
  const card = (n: number | undefined) =>
    portal.getByRole("article", { name: `Group ${n}, hold-1` });
  const drop = async (name: string | undefined) => {
    await card(first?.number)
      .getByText(name ?? "")
      .dispatchEvent("dragstart");
    await portal.locator("li.takes").first().waitFor();
    await card(second?.number).dispatchEvent("drop");
  };
  // It arrives, and the connection goes before the answer comes.
  await portal.route(
    `**${board}/changes`,
    async (route) => {
      await route.fetch();
      await route.abort();
    },
    { times: 1 },
  );
  await drop(moved?.name);
  await expect(portal.getByText("There is no connection to the service.")).toBeVisible();
  await expect(card(second?.number).getByText(moved?.name ?? "")).toBeVisible();
  await drop(next?.name);
  await expect(card(second?.number).getByText(next?.name ?? "")).toBeVisible();
  await expect(portal.getByText("Somebody else changed it")).toHaveCount(0);
  expect(world.asked("POST", `${board}/changes`).at(-1)?.headers["if-match"]).toBe('"1"');
});

test("p3 what was entered is there when the network comes back", async ({ portal, world }) => {
  await openAt(portal, world, `/cohorts/${sample.COHORT}/settings`);
  await portal.getByLabel("Name in English").fill("Half written");
  await portal.route("**/settings", (route) => route.abort());
  await portal.getByRole("button", { name: "Save the settings" }).click();
  await expect(portal.getByText("There is no connection to the service.")).toBeVisible();
  await expect(portal.getByText("nothing you entered is lost")).toBeVisible();
  await go(portal, world, `/cohorts/${sample.COHORT}`);
  await expect(portal.getByText("118 students have answered")).toBeVisible();
  await portal.unroute("**/settings");
  await go(portal, world, `/cohorts/${sample.COHORT}/settings`);
  await expect(portal.getByLabel("Name in English")).toHaveValue("Half written");
  await portal.getByRole("button", { name: "Save the settings" }).click();
  await expect(portal.getByText("The settings are saved.")).toBeVisible();
  const saved = world.asked("PUT", `/api/cohorts/${sample.COHORT}/settings`).at(-1);
  expect(JSON.parse(saved?.body ?? "")).toMatchObject({ name: { en: "Half written" } });
});
