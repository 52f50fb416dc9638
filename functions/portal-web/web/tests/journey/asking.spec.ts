// Asking those who have not answered the evaluation: from its results to the mail, and what became of it.

import { expect } from "@playwright/test";
import { go, openAt as open } from "./places";
import * as sample from "./sample";
import * as evaluations from "./sample-evaluation";
import { test } from "./world";

const cohort = `/api/cohorts/${sample.COHORT}`;
const WHO = "Those who have not answered the evaluation";

test("m2 from its results the silent are written to with the ready text, all or a section", async ({
  portal,
  world,
}) => {
  const { settings } = world.settings;
  world.settings = { ...world.settings, settings: { ...settings, evaluation: evaluations.named } };
  await open(portal, world, `/cohorts/${sample.COHORT}/evaluation`);
  await portal
    .getByRole("link", { name: "Write to those who have not answered the evaluation" })
    .click();
  await expect(portal.getByLabel(WHO)).toBeChecked();
  await expect(portal.getByText("33 students are in a published group")).toBeVisible();
  await expect(portal.getByText("1 of them gets no mail")).toBeVisible();
  await expect(portal.getByText("an example, by which nobody can answer")).toBeVisible();
  const danish = portal.getByRole("group", { name: "In Danish" });
  const ready = evaluations.asking.texts;
  await expect(danish.getByLabel("Subject")).toHaveValue(ready.da?.subject ?? "");

  // Each choice has its own ready text, as long as nobody wrote anything else.
  await portal.getByLabel("Those who have not answered (reminder)").check();
  await expect(danish.getByLabel("Subject")).toHaveValue(sample.reminder.texts.da?.subject ?? "");
  await portal.getByLabel(WHO).check();
  await expect(danish.getByLabel("Subject")).toHaveValue(ready.da?.subject ?? "");

  await portal.getByLabel("Section", { exact: true }).selectOption("hold-2");
  await expect(portal.getByText("12 students are in a published group")).toBeVisible();
  await expect(portal.getByText("gets no mail")).toHaveCount(0);
  await danish.getByLabel("Subject").fill("Sidste chance");
  await portal.getByRole("button", { name: "Use the ready text" }).click();
  await expect(danish.getByLabel("Subject")).toHaveValue(ready.da?.subject ?? "");

  await portal.getByRole("button", { name: "Save and see the mail" }).click();
  await expect(portal).toHaveURL(new RegExp(`/mailings/${sample.DRAFT}$`));
  const [written] = world.asked("POST", `${cohort}/mailings`);
  expect(JSON.parse(written?.body ?? "")).toEqual({
    audience: { to: "not_evaluated", section: "hold-2" },
    texts: ready,
  });
  await expect(portal.getByText(`${WHO}, section hold-2:`)).toBeVisible();
});

test("m2 without an evaluation one is led to the settings, and who saves is told", async ({
  portal,
  world,
}) => {
  world.asking = { ...world.asking, named: false };
  await open(portal, world, `/cohorts/${sample.COHORT}/new-mailing?to=not_evaluated`);
  await expect(portal.getByText("The cohort has no evaluation.")).toBeVisible();
  await expect(portal.getByText("in a published group")).toHaveCount(0);
  await portal.getByRole("group", { name: "In Danish" }).getByLabel("Subject").fill("Hvordan?");
  world.problems.set(`POST ${cohort}/mailings`, { status: 409, kind: "no-evaluation" });
  await portal.getByRole("button", { name: "Save and see the mail" }).click();
  await expect(portal.getByRole("alert").getByText("The cohort has no evaluation.")).toBeVisible();
  await portal.getByRole("link", { name: "Change the settings" }).click();
  await expect(portal).toHaveURL(new RegExp(`/cohorts/${sample.COHORT}/settings$`));
});

test("m2 before groups are published the mail is written and not sent", async ({
  portal,
  world,
}) => {
  world.asking = { ...world.asking, published: false };
  await open(portal, world, `/cohorts/${sample.COHORT}/new-mailing?to=not_evaluated`);
  await expect(portal.getByText("No groups are published.")).toBeVisible();
  await expect(portal.getByRole("button", { name: "Save and see the mail" })).toBeEnabled();
  world.mailing = { ...world.mailing, audience: { to: "not_evaluated" } };
  await go(portal, world, `/cohorts/${sample.COHORT}/mailings/${sample.DRAFT}`);
  world.problems.set(`POST ${cohort}/mailings/${sample.DRAFT}/send`, {
    status: 409,
    kind: "not-published",
  });
  await portal.getByRole("button", { name: "Send the mail" }).click();
  const dialog = portal.getByRole("dialog");
  await dialog.getByRole("button", { name: "Send the mail" }).click();
  await expect(dialog.getByText("No groups are published.")).toBeVisible();
});

test("m3 what became of it is told by student, and it goes to one once more", async ({
  portal,
  world,
}) => {
  world.mails = evaluations.asked;
  await open(portal, world, `/cohorts/${sample.COHORT}/mailings/${sample.MAILED}`);
  await expect(portal.getByText("Freja Lund")).toBeVisible();
  await expect(portal.getByText("Is in no published group").first()).toBeVisible();
  await expect(portal.getByText("Has answered", { exact: true })).toBeVisible();
  await portal.getByRole("button", { name: "Send again to Freja Lund" }).click();
  const dialog = portal.getByRole("dialog");
  await dialog.getByRole("button", { name: "Send again" }).click();
  await expect(portal.getByText("The mail to Freja Lund is on its way again.")).toBeVisible();
  const id = evaluations.asked[0]?.id;
  expect(world.asked("POST", `${cohort}/messages/${id}/resend`)).toHaveLength(1);
});
