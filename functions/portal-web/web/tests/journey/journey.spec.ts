import { readFileSync } from "node:fs";
import { expect } from "@playwright/test";
import * as sample from "./sample";
import * as rosters from "./sample-roster";
import { signIn, test } from "./world";

const formation = `/api/cohorts/${sample.COHORT}/formations/${sample.AWAITING}`;

test("p3_from_sign_in_to_published_groups_and_their_mails", async ({ portal: page, world }) => {
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(
    "Study groups from a questionnaire",
  );
  await signIn(page);
  expect(new URL(page.url()).search, "the code does not stay in the address").toBe("");
  await expect(page.getByText("Nordre Universitet")).toBeVisible();
  await expect(page.getByText("Politics, administration")).toHaveCount(0);
  await page.getByRole("button", { name: "Show more" }).click();
  await expect(page.getByText("Politics, administration")).toBeVisible();

  await page.getByRole("link", { name: "Computer science, autumn 2026" }).click();
  await expect(page.getByText("118 students have answered")).toBeVisible();
  await expect(page.getByRole("list", { name: "Answers by section" })).toContainText("hold-1");
  await page
    .getByRole("row", { name: /Awaits your approval/ })
    .getByRole("link")
    .click();

  const cards = page.getByRole("article");
  await expect(cards).toHaveCount(8);
  await expect(cards.first()).toContainText("must rule broken");
  await cards.first().getByText("Why this group").click();
  await expect(cards.first().getByText("Four common hours a week.")).toBeVisible();

  await page.getByRole("button", { name: "Approve and publish" }).click();
  const dialog = page.getByRole("dialog", { name: "Publish these groups?" });
  await expect(dialog).toContainText("8 groups are published, and 40 students each get a mail");
  expect(world.asked("POST", `${formation}/approve`)).toHaveLength(0);
  await dialog.getByRole("button", { name: "Publish" }).click();
  await expect(page.getByText("Approved. The groups are being published.")).toBeVisible();
  await expect(page.getByText("Published", { exact: true })).toBeVisible();
  expect(world.asked("POST", `${formation}/approve`)).toHaveLength(1);

  await page.getByRole("link", { name: "Mails to students" }).click();
  await expect(page.getByRole("row")).toHaveCount(6);
  await page.getByText("Bounced 1").click();
  await expect(page.getByRole("row")).toHaveCount(2);
  await expect(page.getByRole("row", { name: /Carla Nør/ })).toContainText("Bounced");

  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("You are signed out");
  await page.goBack();
  await expect(page.getByText("Carla Nør")).toHaveCount(0);
});

test("g1_a_formation_is_started_once_however_often_it_is_confirmed", async ({
  portal: page,
  world,
}) => {
  world.state = "published";
  await signIn(page);
  await page.getByRole("link", { name: "Computer science, autumn 2026" }).click();
  await page.getByRole("button", { name: "Form groups now" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("This cohort has published groups.");
  const start = `/api/cohorts/${sample.COHORT}/formations`;
  world.problems.set(`POST ${start}`, { status: 503, kind: "unavailable" });
  await dialog.getByRole("button", { name: "Form groups" }).click();
  await expect(dialog.getByRole("alert")).toContainText("The service is busy.");
  await expect(dialog.getByRole("alert")).toContainText("Request req-1");
  await dialog.getByRole("button", { name: "Form groups" }).click();
  await expect(page.getByText("The formation has started.")).toBeVisible();
  const calls = world.asked("POST", start);
  expect(calls).toHaveLength(2);
  expect(calls[0]?.headers["idempotency-key"]).toMatch(/^[0-9a-f-]{36}$/);
  expect(calls[1]?.headers["idempotency-key"]).toBe(calls[0]?.headers["idempotency-key"]);
  expect(calls[0]?.query.get("replace")).toBe(sample.AWAITING);
});

test("g7_a_rotation_says_what_it_does_and_names_the_groups_it_replaces", async ({
  portal: page,
  world,
}) => {
  world.state = "published";
  await signIn(page);
  await page.getByRole("link", { name: "Computer science, autumn 2026" }).click();
  await page.getByRole("button", { name: "Rotate: new partners" }).click();
  const dialog = page.getByRole("dialog", { name: "Form groups with new partners?" });
  await expect(dialog).toContainText("Nobody meets a partner of any earlier published groups");
  await expect(dialog).toContainText("This cohort has published groups.");
  await dialog.getByRole("button", { name: "Form groups" }).click();
  await expect(page.getByText("The formation has started.")).toBeVisible();
  const [asked] = world.asked("POST", `/api/cohorts/${sample.COHORT}/formations`);
  expect(asked?.query.get("kind")).toBe("rotation");
  expect(asked?.query.get("replace")).toBe(sample.AWAITING);
});

test("g8_who_came_late_or_left_is_seen_and_made_up_for", async ({ portal: page, world }) => {
  world.state = "published";
  world.need = { joined: 3, left: 1 };
  await signIn(page);
  await page.getByRole("link", { name: "Computer science, autumn 2026" }).click();
  const told = page.getByRole("region", { name: "Late or gone" });
  await expect(told).toContainText("3 students have no group yet. 1 student has left their group.");
  await told.getByRole("button", { name: "Repair groups" }).press("Enter");
  const dialog = page.getByRole("dialog", { name: "Repair the published groups?" });
  await expect(dialog).toContainText("As few groups as possible change");
  await expect(dialog).toContainText("Only those whose group changes get a mail");
  await expect(dialog).toContainText("Nothing is published before you have approved the groups.");
  const start = `/api/cohorts/${sample.COHORT}/formations`;
  world.problems.set(`POST ${start}`, { status: 503, kind: "unavailable" });
  await dialog.getByRole("button", { name: "Repair" }).press("Enter");
  await expect(dialog.getByRole("alert")).toContainText("The service is busy.");
  world.need = { joined: 0, left: 0 };
  await dialog.getByRole("button", { name: "Repair" }).press("Enter");
  await expect(page.getByText("The formation has started.")).toBeVisible();
  const [first, second] = world.asked("POST", start);
  expect(second?.query.get("kind")).toBe("repair");
  expect(second?.query.get("replace")).toBe(sample.AWAITING);
  expect(second?.headers["idempotency-key"]).toBe(first?.headers["idempotency-key"]);
});

test("p2_a_session_that_ends_while_somebody_writes_costs_nothing", async ({
  portal: page,
  world,
}) => {
  world.role = "operator";
  await signIn(page);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(
    "Why are you looking at personal data?",
  );
  await page.getByLabel("Reason, in one line").fill("Sag 2026-417 – forlængelse");
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByRole("link", { name: "Computer science, autumn 2026" }).click();
  await page.getByRole("link", { name: "11 May 2027" }).click();
  await page.getByLabel("Kept until").fill("2028-01-31");
  await page.getByLabel("Instruction given by").fill("Karen Holm, study director");
  await page.getByLabel("Given on").fill("2026-09-08");
  await page.getByLabel("Reference").fill("2026-417");
  world.expire();
  await page.getByRole("button", { name: "Note the instruction" }).click();
  const dialog = page.getByRole("dialog", { name: "Your session has ended" });
  await expect(dialog).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dialog, "there is no way around it").toBeVisible();
  // It may be closed before anybody listens.
  const closed = page
    .waitForEvent("popup")
    .then(async (popup) => popup.isClosed() || (await popup.waitForEvent("close")));
  await dialog.getByRole("button", { name: "Sign in in a new window" }).click();
  await closed;
  await expect(page.getByText("The instruction is noted.")).toBeVisible();
  await expect(
    page.getByText("All personal data of this cohort is deleted on 31 January 2028."),
  ).toBeVisible();
  const noted = world.asked("PUT", `/api/cohorts/${sample.COHORT}/retention/extension`).at(-1);
  expect(JSON.parse(noted?.body ?? "{}")).toEqual({
    until: "2028-01-31",
    given_by: "Karen Holm, study director",
    given_on: "2026-09-08",
    reference: "2026-417",
  });
  const reason = Buffer.from(String(noted?.headers["x-reason"]), "latin1").toString("utf8");
  expect(reason).toBe("Sag 2026-417 – forlængelse");
});

test("p2_a_page_that_is_loaded_again_is_signed_in_again_and_stays_where_it_was", async ({
  portal: page,
  world,
}) => {
  await signIn(page);
  await page.getByRole("link", { name: "Data and deletion" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Data and deletion");
  const kept = await page.evaluate(() =>
    JSON.stringify([{ ...localStorage }, { ...sessionStorage }]),
  );
  expect(kept).not.toMatch(/refresh|\.s"|verifier/);
  await page.reload();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Data and deletion");
  expect(page.url()).toBe(`${world.origin}/portal/data`);
});

test("p2_an_answer_of_the_sign_in_that_nobody_asked_for_is_refused", async ({
  portal: page,
  world,
}) => {
  await page.goto(`${world.origin}/portal/signed-in?code=stolen&state=guessed`);
  await expect(
    page.getByText("The answer belongs to no sign-in that was begun here."),
  ).toBeVisible();
  expect(page.url()).toBe(`${world.origin}/portal/signed-in`);
});

test("p3_the_language_is_the_browsers_until_one_is_chosen", async ({
  browser,
  portal: page,
  world,
}) => {
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  await page.getByRole("button", { name: "Dansk" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(
    "Studiegrupper ud fra et spørgeskema",
  );
  await expect(page).toHaveTitle("Studiegrupper ud fra et spørgeskema – UniHelper");
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("lang", "da");
  await signIn(page);
  await expect(page.getByRole("link", { name: "Datalogi, efterår 2026" })).toBeVisible();
  const danish = await browser.newContext({ locale: "da-DK" });
  const other = await danish.newPage();
  await other.goto(`${world.origin}/portal`);
  await expect(other.locator("html")).toHaveAttribute("lang", "da");
  await danish.close();
});

test("p1_what_goes_wrong_is_said_in_words_with_what_to_do", async ({ portal: page, world }) => {
  await signIn(page);
  await page.goto(`${world.origin}/portal/cohorts/${sample.COHORT}/formations/${sample.AWAITING}`);
  await page.getByRole("button", { name: "Approve and publish" }).click();
  world.problems.set(`POST ${formation}/approve`, { status: 409, kind: "already-decided" });
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Publish" }).click();
  await expect(dialog.getByRole("alert")).toContainText("Somebody else has decided already.");
  await dialog.getByRole("button", { name: "Cancel" }).click();

  world.problems.set("GET /api/erasures", { status: 500, kind: "internal" });
  await page.getByRole("link", { name: "Data and deletion" }).click();
  await expect(page.getByRole("alert")).toContainText("Something broke on our side.");
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("alert")).toHaveCount(0);
  await expect(page.getByText("Cohort: Computer science, autumn 2025")).toBeVisible();

  await page.goto(`${world.origin}/portal/cohorts/coh_of_somebody_else`);
  await expect(page.getByRole("alert")).toContainText("does not exist, or its data is deleted");
});

test("d2_a_certificate_is_handed_over_as_a_file", async ({ portal: page }) => {
  await signIn(page);
  await page.getByRole("link", { name: "Data and deletion" }).click();
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: /^Certificate of .* as JSON$/ }).click();
  const file = await download;
  expect(file.suggestedFilename()).toBe(`${sample.erasures[0]?.id}.json`);
  const path = await file.path();
  expect(JSON.parse(readFileSync(path, "utf8"))).toEqual({ erasure: sample.erasures[0]?.id });
});

test("p2_a_viewer_is_offered_nothing_that_they_may_not_do", async ({ portal: page, world }) => {
  world.role = "viewer";
  await signIn(page);
  await expect(page.getByRole("link", { name: "Audit trail" })).toHaveCount(0);
  await page.goto(`${world.origin}/portal/cohorts/${sample.COHORT}/formations/${sample.AWAITING}`);
  await expect(page.getByRole("article")).toHaveCount(8);
  await expect(page.getByRole("button", { name: "Approve and publish" })).toHaveCount(0);
  // The day of deletion is told, and the page about it is not theirs.
  await page.goto(`${world.origin}/portal/cohorts/${sample.COHORT}`);
  await expect(page.getByText("11 May 2027")).toBeVisible();
  await expect(page.getByRole("link", { name: "11 May 2027" })).toHaveCount(0);
  await page.getByRole("link", { name: "Data and deletion" }).click();
  await expect(page.getByRole("row", { name: /Computer science, autumn 2026/ })).toBeVisible();
  await expect(page.getByRole("link", { name: /Computer science/ })).toHaveCount(0);
  world.empty = true;
  await page.getByRole("link", { name: "Cohorts" }).click();
  await expect(page.getByText("A coordinator sets it up.")).toBeVisible();
  await expect(page.getByRole("link", { name: "Set up a cohort" })).toHaveCount(0);
});

test("p3_the_first_cohort_and_its_roster_are_a_click_away", async ({ portal: page, world }) => {
  world.empty = true;
  world.roster = rosters.noRoster;
  await signIn(page);
  await expect(page.getByText("Set up your first cohort with the button above")).toBeVisible();
  await expect(page.getByRole("link", { name: "Set up a cohort" })).toBeVisible();
  await page.goto(`${world.origin}/portal/cohorts/${sample.COHORT}`);
  await page.getByRole("link", { name: "Import a roster" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Response rate and roster");
  world.roster = rosters.roster;
  await page.goto(`${world.origin}/portal/cohorts/${sample.COHORT}`);
  await expect(page.getByRole("link", { name: "Response rate and roster" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Import a roster" })).toHaveCount(0);
});

test("d5_the_trail_is_searched_by_days_of_copenhagen_and_by_actions_in_words", async ({
  portal: page,
  world,
}) => {
  await signIn(page);
  await page.getByRole("button", { name: "Dansk" }).click();
  await page.getByRole("link", { name: "Revisionsspor" }).click();
  const refused = page.getByRole("row", { name: /people\.search/ });
  await expect(refused).toContainText("Søgte efter en person");
  await expect(refused).toContainText("Rollen tillod det ikke.");
  await page.getByLabel("Fra", { exact: true }).fill("2026-09-01");
  await page.getByLabel("Til (ikke medregnet)").fill("2026-11-01");
  await page.getByLabel("Handling").selectOption({ label: "Godkendte grupper" });
  await page.getByRole("button", { name: "Søg" }).click();
  await expect.poll(() => world.asked("GET", "/api/audit").length).toBe(2);
  const asked = world.asked("GET", "/api/audit").at(-1)?.query;
  expect(Object.fromEntries(asked ?? [])).toEqual({
    from: "2026-08-31T22:00:00Z",
    until: "2026-10-31T23:00:00Z",
    action: "formations.approve",
  });
});

test("p3_everything_can_be_done_with_the_keyboard", async ({ portal: page, world }) => {
  await signIn(page);
  await page.goto(`${world.origin}/portal/cohorts/${sample.COHORT}/formations/${sample.AWAITING}`);
  await expect(page.getByRole("article")).toHaveCount(8);
  const focused = () => page.evaluate(() => document.activeElement?.textContent ?? "");
  const reach = async (text: string) => {
    for (let step = 0; step < 60; step += 1) {
      await page.keyboard.press("Tab");
      if ((await focused()) === text) return;
    }
    throw new Error(`${text} cannot be reached`);
  };
  // As if the page had just come: a new page puts the focus on its heading.
  await page.evaluate(() => {
    document.body.tabIndex = -1;
    document.body.focus();
  });
  await page.keyboard.press("Tab");
  await expect.poll(focused).toBe("Skip to content");
  await page.keyboard.press("Enter");
  await reach("Approve and publish");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect.poll(focused, "back where it was").toBe("Approve and publish");
  await page.keyboard.press("Enter");
  await reach("Publish");
  await page.keyboard.press("Enter");
  await expect(page.getByText("Approved. The groups are being published.")).toBeVisible();
});

test("p2_an_account_that_is_no_contacts_is_told_so_and_can_leave", async ({
  portal: page,
  world,
}) => {
  world.problems.set("GET /api/me", { status: 403, kind: "not-a-contact" });
  await signIn(page);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("That did not work");
  await expect(page.getByRole("alert")).toContainText("no longer, a contact person");
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("You are signed out");
});
