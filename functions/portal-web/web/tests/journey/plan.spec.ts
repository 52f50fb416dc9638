import { expect } from "@playwright/test";
import * as sample from "./sample";
import * as plans from "./sample-plan";
import { signIn, test } from "./world";

const formations = `/api/cohorts/${sample.COHORT}/formations`;
const NAME = "Computer science, autumn 2026";

test("g7_several_rounds_are_asked_for_at_once", async ({ portal: page, world }) => {
  world.state = "published";
  await signIn(page);
  await page.getByRole("link", { name: NAME }).click();
  await page.getByRole("button", { name: "Plan several rounds" }).click();
  const dialog = page.getByRole("dialog", { name: "Plan several rounds?" });
  await expect(dialog).toContainText("must-rules hold in every round");
  await expect(dialog).toContainText("This cohort has published groups.");
  const number = dialog.getByLabel("Number of rounds");
  await expect(number).toHaveValue("3");
  for (const wrong of ["1", "31", ""]) {
    await number.fill(wrong);
    await dialog.getByRole("button", { name: "Plan the rounds" }).click();
    expect(world.asked("POST", formations), `“${wrong}” is sent`).toHaveLength(0);
  }
  await number.fill("4");
  world.problems.set(`POST ${formations}`, {
    status: 400,
    kind: "parameters",
    more: {
      errors: [
        {
          in: "query",
          name: "rounds",
          problem: "too many",
          words: { da: "Planlæg højst 3.", en: "Plan at most 3." },
        },
      ],
    },
  });
  await dialog.getByRole("button", { name: "Plan the rounds" }).click();
  await expect(dialog.getByRole("alert")).toContainText("Plan at most 3.");
  await number.fill("3");
  await dialog.getByRole("button", { name: "Plan the rounds" }).click();
  await expect(page.getByText("The formation has started.")).toBeVisible();
  const [first, second] = world.asked("POST", formations);
  expect(second?.query.get("rounds")).toBe("3");
  expect(second?.query.get("replace")).toBe(sample.AWAITING);
  expect(second?.query.has("kind")).toBe(false);
  expect(second?.headers["idempotency-key"]).not.toBe(first?.headers["idempotency-key"]);
});

test("g7_a_plan_is_seen_whole_before_it_is_approved", async ({ portal: page, world }) => {
  world.plan = plans.proposed;
  await signIn(page);
  await page.goto(`${world.origin}/portal/cohorts/${sample.COHORT}/formations/${sample.AWAITING}`);
  const plan = page.getByRole("region", { name: "Plan of 3 rounds" });
  await expect(plan).toContainText("At most 4 rounds are possible in which nobody meets again");
  await expect(plan.getByRole("row")).toHaveCount(4);
  await expect(plan.getByRole("row", { name: /Round 2/ })).toContainText("Nobody");
  await expect(plan.getByRole("row", { name: /Round 3/ })).toContainText("2 pairs");
  await expect(plan.getByRole("button")).toHaveCount(0);
  // The rounds are planned with each other: there is no rest to form anew.
  await expect(page.getByRole("button", { name: "Form the rest anew" })).toHaveCount(0);
  await page.getByRole("button", { name: "Approve and publish" }).click();
  await expect(page.getByRole("dialog")).toContainText("You approve all 3 rounds.");
  await page.keyboard.press("Escape");

  await plan.getByRole("link", { name: "Round 3" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Round 3 of 3");
  const again = page.getByRole("region", { name: "Who meets again" });
  await expect(again).toContainText("2 pairs have been in a group together before.");
  await expect(again.getByRole("row", { name: /Bertil Sørensen and Hannah Krogh/ })).toContainText(
    "1 time",
  );
  await expect(again.getByRole("row", { name: /David Aagaard and erased/ })).toContainText(
    "2 times",
  );
  await expect(page.getByRole("article")).toHaveCount(8);
});

test("g7_the_next_round_is_published_as_it_was_seen", async ({ portal: page, world }) => {
  world.state = "published";
  world.plan = plans.published;
  await signIn(page);
  await page.getByRole("link", { name: NAME }).click();
  const plan = page.getByRole("region", { name: "Plan of 3 rounds" });
  await expect(plan.getByRole("row", { name: /Round 1/ })).toContainText("Published");
  await plan.getByRole("button", { name: "Publish round 2" }).press("Enter");
  const dialog = page.getByRole("dialog", { name: "Publish round 2?" });
  await expect(dialog).toContainText("8 groups take the place of the groups that are published");
  await expect(dialog).toContainText("40 students each get a mail");
  expect(await dialog.getByText("in no group").count()).toBe(0);

  // Somebody came and left meanwhile: the dialog says so before anything is published.
  const publish = `${formations}/${plans.SECOND}/publish`;
  world.problems.set(`POST ${publish}`, { status: 412, kind: "stale", more: { version: 1 } });
  world.plan = plans.changed;
  await dialog.getByRole("button", { name: "Publish" }).click();
  await expect(dialog.getByRole("alert")).toContainText("Somebody else changed it");
  await expect(dialog).toContainText("2 students are in no group of the next round.");
  await expect(dialog).toContainText("1 student of the next round takes part no more");
  await dialog.getByRole("button", { name: "Publish" }).click();
  await expect(plan.getByText("The round is being published.")).toBeVisible();
  await expect(plan.getByRole("row", { name: /Round 2/ })).toContainText("Being published");
  await expect(plan.getByRole("button", { name: "Publish round 2" })).toHaveCount(0);
  const seen = world.asked("POST", publish).map((call) => call.headers["if-match"]);
  expect(seen).toEqual(['"4100000002"', '"4100000003"']);
});

test("g7_the_rounds_that_remain_are_planned_again", async ({ portal: page, world }) => {
  world.state = "published";
  world.plan = plans.changed;
  await signIn(page);
  await page.getByRole("link", { name: NAME }).click();
  const plan = page.getByRole("region", { name: "Plan of 3 rounds" });
  await expect(plan).toContainText("2 students are in no group of the next round.");
  await plan.getByRole("button", { name: "Plan the remaining rounds again" }).click();
  const dialog = page.getByRole("dialog", { name: "Plan several rounds?" });
  await expect(dialog.getByLabel("Number of rounds")).toHaveValue("2");
  await dialog.getByRole("button", { name: "Plan the rounds" }).click();
  await expect(plan.getByText("The formation has started.")).toBeVisible();
  const [asked] = world.asked("POST", formations);
  expect(asked?.query.get("rounds")).toBe("2");
  expect(asked?.query.get("replace")).toBe(sample.AWAITING);
});
