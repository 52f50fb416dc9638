// A breach in the register: entered, answered, counted, told and closed by an operator; read by a coordinator.

import { expect, type Page } from "@playwright/test";
import { openFor } from "./places";
import * as duties from "./sample-duties";
import { signIn, test, type World } from "./world";

const at = `/api/breaches/${duties.BREACH}`;

const open = (portal: Page, world: World, place: string) =>
  openFor("Breach 2026-3", portal, world, place);

/** Holds calls of a path back until what it answers is called. */
async function held(portal: Page, path: string): Promise<() => void> {
  let go = () => {};
  const gone = new Promise<void>((resolve) => {
    go = resolve;
  });
  await portal.route(`**${path}`, async (route) => {
    await gone;
    await route.continue();
  });
  return go;
}

test("d7 a breach is entered once and goes from its clock to its certificate", async ({
  portal,
  world,
}) => {
  await open(portal, world, "/breaches");
  await expect(portal.getByRole("row").nth(1)).toContainText(/hours left to tell the institution/);
  await portal.getByRole("button", { name: "Enter a breach" }).click();
  const dialog = portal.getByRole("dialog");
  await dialog.getByLabel(/^When anybody of us became aware/).fill("2026-11-28T11:00");
  world.problems.set("POST /api/breaches", { status: 503, kind: "unavailable" });
  await dialog.getByRole("button", { name: "Enter a breach" }).click();
  await expect(dialog.getByText("The service is busy.")).toBeVisible();
  await dialog.getByRole("button", { name: "Enter a breach" }).click();
  await expect(portal.getByRole("heading", { name: "The twelve questions" })).toBeVisible();
  const [first, second] = world.asked("POST", "/api/breaches");
  expect(first?.headers["idempotency-key"]).toBe(second?.headers["idempotency-key"]);
  expect(JSON.parse(second?.body ?? "")).toEqual({ aware_at: "2026-11-28T10:00:00Z" });

  await portal.getByLabel("1. When did it occur?").fill("The night before.");
  await portal.getByRole("button", { name: "Save the answers" }).click();
  await expect(portal.getByText("The answers are saved.")).toBeVisible();
  const saved = world.asked("PATCH", `${at}/answers`)[0];
  expect(saved?.headers["if-match"]).toBe('"4"');
  expect(JSON.parse(saved?.body ?? "")).toEqual({ occurred: "The night before." });

  await portal.getByRole("button", { name: "Count whose data it was" }).click();
  await dialog.getByLabel("From, in Danish time").fill("2026-11-27T20:00");
  await dialog.getByLabel("Until, in Danish time").fill("2026-11-27T22:00");
  await dialog.getByLabel("Mails").uncheck();
  await dialog.getByRole("button", { name: "Count whose data it was" }).click();
  await expect(portal.getByRole("row", { name: /Computer science/ })).toContainText("118");
  const counted = world.asked("POST", `${at}/affected`)[0];
  expect(counted?.headers["if-match"]).toBe('"5"');
  expect(JSON.parse(counted?.body ?? "")).toEqual({
    from: "2026-11-27T19:00:00Z",
    until: "2026-11-27T21:00:00Z",
    stores: "records responses raw_objects",
  });

  await portal.getByRole("button", { name: "Assess the risk" }).click();
  await dialog.getByLabel("Risk for the people concerned").selectOption("high");
  await dialog.getByRole("button", { name: "Assess the risk" }).click();
  await expect(portal.getByText("The risk is assessed.")).toBeVisible();
  await portal.getByRole("button", { name: "Tell the institution" }).click();
  expect(world.asked("POST", `${at}/notices`)).toHaveLength(0);
  await dialog.getByRole("button", { name: "Tell the institution" }).click();
  await expect(portal.getByText("Told within 24 hours")).toBeVisible();
  // What cannot be done yet is not offered, and says what it waits for.
  const waits = portal.getByRole("list", { name: "What waits" });
  await expect(waits.getByRole("listitem")).toHaveText([
    /^Tell the institution: The institution knows all this already/,
    /^Close the case: .* Open: 2, 4, 5, 6, 7, 8, 9, 10, 11, 12\.$/,
  ]);
  await expect(portal.getByRole("button", { name: "Close the case" })).toHaveCount(0);
  for (const number of [2, 4, 5, 6, 7, 8, 9, 10, 11]) {
    await portal.getByLabel(new RegExp(`^${number}\\. `)).fill("Known by now.");
  }
  await portal.getByLabel(/^12\. /).fill("2026-12-01");
  await portal.getByRole("button", { name: "Save the answers" }).click();
  await expect(waits).toHaveCount(0);
  await portal.getByRole("button", { name: "Close the case" }).click();
  world.problems.set(`POST ${at}/closure`, { status: 409, kind: "breach-incomplete" });
  await dialog.getByRole("button", { name: "Close the case" }).click();
  await expect(dialog.getByText("Some of the twelve questions have no answer.")).toBeVisible();
  await dialog.getByRole("button", { name: "Close the case" }).click();
  const download = portal.waitForEvent("download");
  await portal.getByRole("button", { name: "Certificate of the breach as PDF" }).click();
  expect((await download).suggestedFilename()).toBe(`${duties.BREACH}.pdf`);
});

test("d7 of two operators who answer the same breach neither loses anything", async ({
  portal,
  world,
}) => {
  await open(portal, world, `/breaches/${duties.BREACH}`);
  await portal.getByLabel("4. What was the cause?").fill("It lay in a car.");
  await portal.getByLabel("3. What happened?").fill("Mine.");
  const [mine, ...others] = duties.breaches;
  const answers = { nature: "Theirs.", found: "At nine." };
  world.duties.breaches = [{ ...(mine ?? duties.breach), version: 7, answers }, ...others];
  world.problems.set(`PATCH ${at}/answers`, { status: 412, kind: "stale", more: { version: 7 } });
  await portal.getByRole("button", { name: "Save the answers" }).click();
  await expect(portal.getByText("Both of you changed: What happened?.")).toBeVisible();
  await expect(portal.getByLabel("4. What was the cause?")).toHaveValue("It lay in a car.");
  await portal.getByRole("button", { name: "Put both together" }).click();
  await expect(portal.getByLabel("2. When was it found?")).toHaveValue("At nine.");
  await portal.getByRole("button", { name: "Save the answers" }).click();
  await expect(portal.getByText("The answers are saved.")).toBeVisible();
  const last = world.asked("PATCH", `${at}/answers`).at(-1);
  expect(last?.headers["if-match"]).toBe('"7"');
  expect(JSON.parse(last?.body ?? "")).toEqual({ nature: "Mine.", cause: "It lay in a car." });
});

test("d7 who takes the other's answers goes on from these", async ({ portal, world }) => {
  await open(portal, world, `/breaches/${duties.BREACH}`);
  const cause = portal.getByLabel("4. What was the cause?");
  await cause.fill("Mine.");
  const [mine, ...others] = duties.breaches;
  const answers = { nature: "Theirs.", cause: "Theirs." };
  world.duties.breaches = [{ ...(mine ?? duties.breach), version: 7, answers }, ...others];
  world.problems.set(`PATCH ${at}/answers`, { status: 412, kind: "stale", more: { version: 7 } });
  await portal.getByRole("button", { name: "Save the answers" }).click();
  await portal.getByRole("button", { name: "Take theirs" }).click();
  await expect(cause).toHaveValue("Theirs.");
  await portal.getByLabel("2. When was it found?").fill("At ten.");
  await portal.getByRole("button", { name: "Save the answers" }).click();
  await expect(portal.getByText("The answers are saved.")).toBeVisible();
  const last = world.asked("PATCH", `${at}/answers`).at(-1);
  expect(last?.headers["if-match"]).toBe('"7"');
  expect(JSON.parse(last?.body ?? "")).toEqual({ found: "At ten." });
});

test("d7 what is written while answers are on their way is not lost", async ({ portal, world }) => {
  await open(portal, world, `/breaches/${duties.BREACH}`);
  const go = await held(portal, `${at}/answers`);
  const save = portal.getByRole("button", { name: "Save the answers" });
  const cause = portal.getByLabel("4. What was the cause?");
  await cause.fill("It lay");
  await save.click();
  await expect(save).toBeDisabled();
  await cause.fill("It lay in a car.");
  await portal.getByLabel("2. When was it found?").fill("At nine.");
  go();
  await expect(portal.getByText("What you wrote since is not: save once more.")).toBeVisible();
  await expect(cause).toHaveValue("It lay in a car.");
  await save.click();
  await expect(portal.getByText("The answers are saved.")).toBeVisible();
  const [first, second] = world.asked("PATCH", `${at}/answers`);
  expect(JSON.parse(first?.body ?? "")).toEqual({ cause: "It lay" });
  expect(second?.headers["if-match"]).toBe('"5"');
  expect(JSON.parse(second?.body ?? "")).toEqual({ cause: "It lay in a car.", found: "At nine." });

  // What a save said does not stand beside what the next one says.
  await cause.fill("It lay in a car at night.");
  world.problems.set(`PATCH ${at}/answers`, { status: 503, kind: "unavailable" });
  await save.click();
  await expect(portal.getByText("The service is busy.")).toBeVisible();
  await expect(portal.getByText("The answers are saved.")).toHaveCount(0);
});

test("d7 what is under way cannot be cancelled", async ({ portal, world }) => {
  world.duties.breaches = [{ ...duties.breach, risk: "high", status: "assessed" }];
  await open(portal, world, `/breaches/${duties.BREACH}`);
  const go = await held(portal, `${at}/notices`);
  await portal.getByRole("button", { name: "Tell the institution" }).click();
  const dialog = portal.getByRole("dialog");
  await dialog.getByRole("button", { name: "Tell the institution" }).click();
  await expect(dialog.getByText("It is under way and cannot be called back.")).toBeVisible();
  await expect(dialog.getByRole("button", { name: "Cancel" })).toBeDisabled();
  await portal.keyboard.press("Escape");
  await portal.keyboard.press("Escape");
  await expect(dialog).toBeVisible();
  go();
  await expect(dialog).toHaveCount(0);
  // The button that began it has gone, so what it did takes the focus.
  await expect(portal.getByRole("button", { name: "Tell the institution" })).toHaveCount(0);
  await expect(portal.getByText("The mail to the institution is on its way.")).toBeFocused();
});

test("d7 the clock goes on while the page stays open", async ({ portal, world }) => {
  await portal.clock.install({ time: new Date("2126-11-29T07:00:00Z") });
  await open(portal, world, `/breaches/${duties.BREACH}`);
  await expect(portal.getByText("2 hours left to tell the institution")).toBeVisible();
  await portal.clock.fastForward("01:45:00");
  await expect(portal.getByText("Less than an hour left to tell the institution")).toBeVisible();
  await portal.clock.fastForward("00:50:00");
  await expect(portal.getByText("Overdue: the institution was not told")).toBeVisible();
});

test("d7 what is not saved is there again, and a text that names an address is pointed at", async ({
  portal,
  world,
}) => {
  await open(portal, world, `/breaches/${duties.BREACH}`);
  await portal.getByLabel("8. What was found technically?").fill("It went to ida@example.edu.");
  await portal.getByRole("link", { name: "UniHelper" }).click();
  await portal.getByRole("heading", { name: "Cohorts" }).waitFor();
  await portal.goBack();
  const field = portal.getByLabel("8. What was found technically?");
  await expect(field).toHaveValue("It went to ida@example.edu.");
  await portal.getByRole("button", { name: "Save the answers" }).click();
  await expect(field).toHaveAccessibleDescription(/seems to name an e-mail address/);
});

test("d7 a coordinator reads what the institution was told of, and changes nothing", async ({
  portal,
  world,
}) => {
  await signIn(portal);
  await portal.getByRole("button", { name: "English" }).click();
  await portal.getByRole("link", { name: "Data and deletion" }).click();
  await portal.getByRole("link", { name: "Breaches of data security" }).click();
  await expect(portal.getByRole("row")).toHaveCount(2);
  await expect(portal.getByRole("button", { name: "Enter a breach" })).toHaveCount(0);
  await portal.getByRole("row").nth(1).getByRole("link").click();
  await expect(portal.getByText("Told within 24 hours")).toBeVisible();
  await expect(portal.getByRole("button", { name: "Save the answers" })).toHaveCount(0);
  await expect(portal.getByRole("button", { name: /as PDF$/ })).toBeVisible();
  world.role = "viewer";
  await portal.goto(`${world.origin}/portal/data`);
  await portal.getByRole("heading", { name: "Data and deletion" }).waitFor();
  await expect(portal.getByRole("link", { name: "Breaches of data security" })).toHaveCount(0);
});
