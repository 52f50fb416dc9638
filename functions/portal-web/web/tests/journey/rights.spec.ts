// Students who make use of a right, by an operator in a browser: what is late is said, each step is asked about.

import { expect, type Page } from "@playwright/test";
import { openFor } from "./places";
import * as sample from "./sample";
import * as duties from "./sample-duties";
import { signIn, test, type World } from "./world";

const at = `/api/cohorts/${sample.COHORT}/rights`;

const open = (portal: Page, world: World, place: string) =>
  openFor("Rights request 2026-417", portal, world, place);

test("d4 what is late stands first and is said to be late", async ({ portal, world }) => {
  await open(portal, world, `/cohorts/${sample.COHORT}/rights`);
  const rows = portal.getByRole("row");
  await expect(rows).toHaveCount(1 + duties.requests.length);
  await expect(rows.nth(1)).toContainText("Overdue: the term is over");
  await expect(rows.nth(2)).toContainText("Due soon");
  expect(world.asked("GET", at)[0]?.headers["x-reason"]).toBe("Rights request 2026-417");

  await portal.getByRole("link", { name: "Requests", exact: true }).click();
  await expect(portal.getByRole("row")).toHaveCount(1 + 4);
  await portal.getByLabel("Show").selectOption("all");
  await expect(portal.getByRole("row")).toHaveCount(1 + 5);
  await expect(portal.getByRole("row").last()).toContainText("Computer science, autumn 2026");
});

test("d4 a student is found by name and their request noted once, with the keyboard", async ({
  portal,
  world,
}) => {
  await open(portal, world, `/cohorts/${sample.COHORT}/new-request`);
  await portal.getByRole("button", { name: "Note the request" }).waitFor();
  await portal.getByLabel("Right", { exact: true }).selectOption("erasure");
  await portal.getByLabel("When it reached us, in Danish time").fill("2026-11-27T12:00");
  await portal.getByLabel("How it came").selectOption("letter");
  const go = portal.getByRole("button", { name: "Note the request" });
  await go.press("Enter");
  await expect(portal.getByText("Choose the student first.")).toBeVisible();
  await portal.getByLabel("Search for the student").fill("alma kro");
  await portal.getByRole("button", { name: /^Choose Alma Krogh/ }).press("Enter");
  await expect(portal.getByText(/^Alma Krogh, hold-2/)).toBeVisible();
  world.problems.set(`POST ${at}`, { status: 503, kind: "unavailable" });
  await go.press("Enter");
  await expect(portal.getByText("The service is busy.")).toBeVisible();
  await go.press("Enter");
  await expect(portal.getByRole("heading", { level: 1 })).toHaveText("Erasure");
  const [first, second] = world.asked("POST", at);
  expect(first?.headers["idempotency-key"]).toBe(second?.headers["idempotency-key"]);
  expect(JSON.parse(second?.body ?? "")).toEqual({
    student: sample.students[0]?.id,
    kind: "erasure",
    channel: "letter",
    received_at: "2026-11-27T11:00:00Z",
  });
});

test("d4 from the students' page a request of one of them is noted", async ({ portal, world }) => {
  await open(portal, world, `/cohorts/${sample.COHORT}/students`);
  await portal.getByRole("link", { name: "Note a request of Bertil Sørensen" }).click();
  await expect(portal.getByText(/^Bertil Sørensen, hold-1/)).toBeVisible();
  await portal.getByLabel("Right", { exact: true }).selectOption("erasure");
  await portal.getByLabel("When it reached us, in Danish time").fill("2026-11-27T12:00");

  // Another reason for what follows takes nothing of it away.
  await portal.getByRole("button", { name: "Change" }).click();
  const dialog = portal.getByRole("dialog", { name: "Why are you looking at personal data?" });
  await dialog.getByLabel("Reason, in one line").fill("Rights request 2026-418");
  await portal.keyboard.press("Enter");
  await expect(portal.getByText("Reason: Rights request 2026-418")).toBeVisible();
  await expect(portal.getByRole("button", { name: "Change" })).toBeFocused();
  await expect(portal.getByLabel("Right", { exact: true })).toHaveValue("erasure");
  await portal.getByLabel("How it came").selectOption("letter");
  const students = `/api/cohorts/${sample.COHORT}/students`;
  expect(world.asked("GET", students), "nobody is read once more").toHaveLength(1);
  await portal.getByRole("button", { name: "Choose another one" }).click();
  await expect(portal.getByLabel("Search for the student")).toBeVisible();
  expect(world.asked("GET", students)).toHaveLength(2);
  await portal.getByLabel("Search for the student").fill("alma kro");
  await portal.getByRole("button", { name: /^Choose Alma Krogh/ }).click();
  await portal.getByRole("button", { name: "Note the request" }).click();
  await expect(portal.getByRole("heading", { level: 1 })).toHaveText("Erasure");
  expect(world.asked("POST", at)[0]?.headers["x-reason"]).toBe("Rights request 2026-418");
});

test("d4 a request is acknowledged, and what somebody else did meanwhile is shown", async ({
  portal,
  world,
}) => {
  await open(portal, world, `/cohorts/${sample.COHORT}/rights/${duties.ACCESS}`);
  await portal.getByRole("button", { name: "Acknowledge" }).click();
  const dialog = portal.getByRole("dialog", { name: "Acknowledge the request?" });
  expect(world.asked("POST", `${at}/${duties.ACCESS}/acknowledge`)).toHaveLength(0);
  await dialog.getByRole("button", { name: "Acknowledge" }).click();
  await expect(portal.getByText("The student is told. The request waits")).toBeVisible();
  await expect(portal.getByText("The student was told that it came.")).toBeVisible();
  await expect(portal.getByRole("button", { name: "Acknowledge" })).toHaveCount(0);

  // Somebody else refuses it while the reason for an extension is written.
  await portal.getByRole("button", { name: "Take longer" }).click();
  await portal.getByLabel("Done at the latest on").fill("2026-12-31");
  await portal.getByRole("textbox", { name: "Reason" }).fill("Answers lie in several stores.");
  world.duties.requests = [
    duties.request(1, { status: "refused", ended_at: "2026-11-28T10:00:00Z" }),
  ];
  world.problems.set(`POST ${at}/${duties.ACCESS}/extend`, { status: 409, kind: "wrong-state" });
  await portal.getByRole("dialog").getByRole("button", { name: "Take longer" }).click();
  await expect(portal.getByText("Somebody has taken this step")).toBeVisible();
  await expect(portal.getByRole("textbox", { name: "Reason" })).toHaveValue(
    "Answers lie in several stores.",
  );
  await portal.getByRole("button", { name: "Cancel" }).click();
  await expect(portal.getByText("It was refused.")).toBeVisible();
});

test("d4 what was entered in a step stays when nobody answers", async ({ portal, world }) => {
  await open(portal, world, `/cohorts/${sample.COHORT}/rights/${duties.ACCESS}`);
  await portal.getByRole("button", { name: "Refuse" }).click();
  const dialog = portal.getByRole("dialog");
  const reason = dialog.getByRole("textbox", { name: "Reason" });
  await reason.fill("Who asks could not be identified.");
  const go = dialog.getByRole("button", { name: "Refuse" });
  await portal.context().setOffline(true);
  await go.click();
  await expect(dialog.getByRole("alert")).toBeVisible();
  await expect(reason).toHaveValue("Who asks could not be identified.");
  await portal.context().setOffline(false);
  // Refused, and the look at where the request is fails too.
  const read = `${at}/${duties.ACCESS}`;
  world.problems.set(`POST ${read}/refuse`, { status: 409, kind: "wrong-state" });
  world.problems.set(`GET ${read}`, { status: 503, kind: "unavailable" });
  await go.click();
  await expect(dialog.getByText("Somebody has taken this step")).toBeVisible();
  await expect.poll(() => world.problems.size, "the look was asked for").toBe(0);
  await expect(go).toBeEnabled();
  await expect(reason).toHaveValue("Who asks could not be identified.");
  await go.click();
  await expect(portal.getByText("The request is refused and the student is told.")).toBeFocused();
  expect(world.asked("GET", read), "looked at when opened, when overtaken, when done").toHaveLength(
    3,
  );
});

test("d4 data is put right, with only what was filled in", async ({ portal, world }) => {
  await open(portal, world, `/cohorts/${sample.COHORT}/rights/${duties.RECTIFICATION}`);
  await portal.getByRole("button", { name: "Put data right" }).click();
  const dialog = portal.getByRole("dialog");
  await dialog.getByRole("group", { name: "Answer: Level of ambition" }).waitFor();
  await dialog.getByRole("button", { name: "Put data right" }).click();
  await expect(dialog.getByText("Nothing is filled in.")).toBeVisible();
  await dialog.getByLabel("Name").fill("Carla Nør");
  const answer = dialog.getByRole("group", { name: "Answer: Level of ambition" });
  await answer.getByLabel("What becomes of it").selectOption("right");
  await answer.getByLabel("Value from 1 to 5").fill("4");
  await dialog.getByRole("button", { name: "Put data right" }).click();
  await expect(portal.getByText("It is put right and the student is told.")).toBeVisible();
  const sent = world.asked("POST", `${at}/${duties.RECTIFICATION}/rectify`)[0];
  expect(JSON.parse(sent?.body ?? "")).toEqual({ name: "Carla Nør", answers: { ambition: 4 } });
});

test("d4 an erasure goes on once the letter is out", async ({ portal, world }) => {
  await open(portal, world, `/cohorts/${sample.COHORT}/rights/${duties.ERASURE}`);
  await portal.getByRole("button", { name: "Erase the student" }).click();
  await portal.getByRole("dialog").getByRole("button", { name: "Erase the student" }).click();
  await expect(portal.getByText("Go on with the erasure in a moment.")).toBeVisible();
  world.duties.letterWaits = false;
  await portal.getByRole("button", { name: "Go on with the erasure" }).click();
  await portal.getByRole("dialog").getByRole("button", { name: "Go on with the erasure" }).click();
  await expect(portal.getByText("The erasure runs.")).toBeVisible();
});

test("d4 who is found by an address stands in each cohort", async ({ portal, world }) => {
  await open(portal, world, "/rights");
  await portal.getByLabel("E-mail address or student number").fill("ida@example.edu");
  await portal.keyboard.press("Enter");
  await expect(portal.getByText(/^has answered/)).toBeVisible();
  await expect(portal.getByText(/stands on the roster of hold-1/)).toBeVisible();
  const asked = world.asked("POST", "/api/people/search")[0];
  expect(JSON.parse(asked?.body ?? "")).toEqual({ email: "ida@example.edu" });
  expect(portal.url()).not.toContain("ida");
  await expect(portal.getByText("record: 1, answers: 2, groups: 1")).toBeVisible();
  await expect(portal.getByText(duties.ROSTERED)).toBeVisible();
  await expect(portal.getByText("mail bounced")).toBeVisible();
});

test("d4 who is on a roster alone is erased from the search", async ({ portal, world }) => {
  await open(portal, world, "/rights");
  await portal.getByLabel("E-mail address or student number").fill("ida@example.edu");
  await portal.keyboard.press("Enter");
  await portal.getByRole("button", { name: "Erase the student" }).click();
  const dialog = portal.getByRole("dialog");
  const erase = dialog.getByRole("button", { name: "Erase the student" });
  await dialog.getByLabel("Reference of the case").fill("2026-417");
  await dialog.getByLabel("Why").selectOption("controller_instructed");
  // Another id than the one above goes nowhere.
  const again = dialog.getByLabel("The id above once more");
  await again.fill(sample.students[0]?.id ?? "");
  await erase.click();
  await again.fill(duties.ROSTERED);
  const path = `/api/cohorts/${duties.OTHER}/students/${duties.ROSTERED}/erasure`;
  world.problems.set(`POST ${path}`, { status: 503, kind: "unavailable" });
  await erase.click();
  await expect(dialog.getByText("The service is busy.")).toBeVisible();
  await erase.click();
  await expect(portal.getByText(/^The erasure has begun: era_/)).toBeFocused();
  await expect(portal.getByRole("button", { name: "Erase the student" })).toHaveCount(0);
  await expect(portal.getByRole("link", { name: "Erasures and certificates" })).toBeVisible();
  const bodies = world.asked("POST", path).map(({ body }) => JSON.parse(body));
  const body = { reference: "2026-417", reason: "controller_instructed", confirm: duties.ROSTERED };
  expect(bodies).toEqual([body, body]);
});

test("d4 coordinators are told whose work it is", async ({ portal, world }) => {
  await signIn(portal);
  await portal.getByRole("button", { name: "English" }).click();
  await expect(portal.getByRole("link", { name: "Requests", exact: true })).toHaveCount(0);
  await portal.goto(`${world.origin}/portal/rights`);
  await expect(portal.getByText("Only operators work here.")).toBeVisible();
  expect(world.asked("GET", "/api/rights")).toHaveLength(0);
});
