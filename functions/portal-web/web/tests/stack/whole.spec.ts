// The whole of a contact's work on a running stack, in the browser alone: a cohort is set up, students answer, groups
// are formed, looked at, approved, and mailed. Who answers is the end-to-end test's part (tests/end_to_end/journey.rs):
// it writes the description with `journey` and lets students answer as soon as the cohort is there.

import { readFileSync } from "node:fs";
import { expect, test } from "@playwright/test";

interface Stack {
  portal_url: string;
  login: { user: string; password: string };
  journey?: { begin_with: string; form: string; name: string; students: number };
}

const stack: Stack = JSON.parse(readFileSync(process.env.STACK ?? "", "utf8"));
const SHOTS = process.env.SHOTS;

// Students answer and groups are formed meanwhile, on a machine that has other work.
const PATIENCE = { timeout: 180_000 };
test.use({ actionTimeout: 30_000 });

test("p3_a_contact_goes_from_a_new_cohort_to_published_groups_and_mails", async ({ page }) => {
  test.skip(stack.journey === undefined, "nobody would answer");
  test.setTimeout(600_000);
  const journey = stack.journey;
  if (journey === undefined) return;
  const shot = async (name: string) => {
    if (SHOTS !== undefined)
      await page.screenshot({ path: `${SHOTS}/whole-${name}.png`, fullPage: true });
  };

  await page.goto(stack.portal_url);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByLabel("Username").fill(stack.login.user);
  await page.getByLabel("Password").fill(stack.login.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Cohorts");
  const begun = Date.now();

  await page.getByRole("link", { name: "Set up a cohort" }).click();
  await page.getByLabel("Begin with").selectOption(journey.begin_with);
  await page.getByLabel("Name in Danish").fill(journey.name);
  await page.getByLabel("Name in English").fill(journey.name);
  const deadline = new Date(Date.now() + 20 * 86_400_000).toISOString().slice(0, 10);
  await page.getByLabel("Deadline, in Danish time").fill(`${deadline}T12:00`);
  await page.getByLabel("Questionnaire at Typeform").selectOption(journey.form);
  await page.getByLabel("We approve the groups before students hear of them").check();
  await page.getByLabel("Each student gets a mail with their group").check();
  await shot("settings");
  await page.getByRole("button", { name: "Set up the cohort" }).click();
  await expect(page.getByRole("heading", { level: 1, name: journey.name })).toBeVisible();

  // Answers come in on the open page.
  await expect(page.locator(".figure").first()).toContainText(String(journey.students), PATIENCE);
  await shot("answers");
  await page.getByRole("button", { name: "Form groups now" }).click();
  await page.getByRole("button", { name: "Form groups", exact: true }).click();
  const formation = page.getByRole("row", { name: /Awaits your approval/ });
  await formation.waitFor(PATIENCE);
  await formation.getByRole("link").first().click();

  const groups = page.getByRole("article");
  await expect(groups.first()).toBeVisible();
  await groups.first().getByText("Why this group").click();
  await shot("groups");
  await page.getByRole("button", { name: "Approve and publish" }).click();
  await page.getByRole("button", { name: "Publish", exact: true }).click();
  await expect(page.getByText("Published").first()).toBeVisible(PATIENCE);

  await page.getByRole("link", { name: "Mails to students" }).click();
  const sent = page.getByRole("row").filter({ hasText: /Sent|Delivered/ });
  await expect(async () => {
    // Not by loading the page anew: the local sign-in would ask again.
    if (page.url().endsWith("/messages")) await page.goBack();
    await page.getByRole("link", { name: "Mails to students" }).click();
    await expect(sent).toHaveCount(journey.students, { timeout: 5_000 });
  }).toPass(PATIENCE);
  await shot("mails");
  console.log(`from signed in to mails in ${Math.round((Date.now() - begun) / 1000)} s`);
});
