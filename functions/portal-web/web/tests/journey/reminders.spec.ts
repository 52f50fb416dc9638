// Reminding those who have not answered: from the roster to the mail, and what became of it.

import { expect } from "@playwright/test";
import { go, openAt as open } from "./places";
import * as sample from "./sample";
import { test } from "./world";

const cohort = `/api/cohorts/${sample.COHORT}`;
const TOMORROW = new Date(Date.now() + 86_400_000).toISOString();

test("m2 from the roster a reminder is written with the ready text, to all or to a section", async ({
  portal,
  world,
}) => {
  world.deadline = TOMORROW;
  await open(portal, world, `/cohorts/${sample.COHORT}/roster`);
  await portal.getByRole("link", { name: "Write a reminder" }).click();
  await expect(portal.getByLabel("Those who have not answered (reminder)")).toBeChecked();
  await expect(portal.getByText("18 students have not answered.")).toBeVisible();
  await expect(portal.getByText("1 of them gets no mail")).toBeVisible();
  const danish = portal.getByRole("group", { name: "In Danish" });
  const ready = sample.reminder.texts;
  await expect(danish.getByLabel("Subject")).toHaveValue(ready.da?.subject ?? "");

  // The ready text is nobody's work: it goes with the choice, and comes back.
  await portal.getByLabel("Everybody who has answered").check();
  await expect(danish.getByLabel("Subject")).toHaveValue("");
  await portal.getByLabel("Those who have not answered (reminder)").check();
  await expect(danish.getByLabel("Subject")).toHaveValue(ready.da?.subject ?? "");

  await portal.getByLabel("Section", { exact: true }).selectOption("hold-2");
  await expect(portal.getByText("9 students have not answered.")).toBeVisible();
  await expect(portal.getByText("gets no mail")).toHaveCount(0);
  // What somebody wrote stays, and the ready text can be had again.
  await danish.getByLabel("Subject").fill("Sidste chance");
  await portal.getByLabel("Everybody who has answered").check();
  await expect(danish.getByLabel("Subject")).toHaveValue("Sidste chance");
  await portal.getByLabel("Those who have not answered (reminder)").check();
  await portal.getByRole("button", { name: "Use the ready text" }).click();
  await expect(danish.getByLabel("Subject")).toHaveValue(ready.da?.subject ?? "");
  await expect(portal.getByRole("button", { name: "Use the ready text" })).toHaveCount(0);

  await portal.getByRole("button", { name: "Save and see the mail" }).click();
  await expect(portal).toHaveURL(new RegExp(`/mailings/${sample.DRAFT}$`));
  const [written] = world.asked("POST", `${cohort}/mailings`);
  expect(JSON.parse(written?.body ?? "")).toEqual({
    audience: { to: "not_answered", section: "hold-2" },
    texts: ready,
  });
  await expect(portal.getByText("Those who have not answered, section hold-2:")).toBeVisible();
});

test("m2 after the deadline nobody is led to a reminder, and who writes one is told", async ({
  portal,
  world,
}) => {
  await open(portal, world, `/cohorts/${sample.COHORT}/roster`);
  await expect(portal.getByRole("button", { name: "Replace the roster" })).toBeVisible();
  await expect(portal.getByRole("link", { name: "Write a reminder" })).toHaveCount(0);
  const over = sample.reminder.open;
  sample.reminder.open = false;
  try {
    await go(portal, world, `/cohorts/${sample.COHORT}/new-mailing?to=not_answered`);
    await expect(portal.getByText("Nobody can be reminded unless a later deadline")).toBeVisible();
  } finally {
    sample.reminder.open = over;
  }
  world.mailing = { ...world.mailing, audience: { to: "not_answered" } };
  await go(portal, world, `/cohorts/${sample.COHORT}/mailings/${sample.DRAFT}`);
  world.problems.set(`POST ${cohort}/mailings/${sample.DRAFT}/send`, {
    status: 409,
    kind: "deadline-passed",
  });
  await portal.getByRole("button", { name: "Send the mail" }).click();
  const dialog = portal.getByRole("dialog");
  await dialog.getByRole("button", { name: "Send the mail" }).click();
  await expect(dialog.getByText("The deadline has passed.")).toBeVisible();
});

test("m3 what became of a reminder is told by address, and it goes to one once more", async ({
  portal,
  world,
}) => {
  world.mails = sample.reminded;
  await open(portal, world, `/cohorts/${sample.COHORT}/mailings/${sample.MAILED}`);
  await expect(portal.getByText("waiting.0@student.example.dk")).toBeVisible();
  await expect(portal.getByText("The address gets no further mail").first()).toBeVisible();
  await expect(portal.getByText("Has answered", { exact: true })).toBeVisible();
  await portal.getByRole("button", { name: "Send again to waiting.0@student.example.dk" }).click();
  const dialog = portal.getByRole("dialog");
  await expect(dialog.getByText("goes to waiting.0@student.example.dk again")).toBeVisible();
  await dialog.getByRole("button", { name: "Send again" }).click();
  await expect(portal.getByText(/is on its way again/)).toBeVisible();
  const id = sample.reminded[0]?.id;
  expect(world.asked("POST", `${cohort}/messages/${id}/resend`)).toHaveLength(1);
});
