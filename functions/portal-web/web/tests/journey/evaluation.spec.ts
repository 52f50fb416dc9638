// Naming an evaluation and reading its results.

import { expect } from "@playwright/test";
import { go, openAt as open } from "./places";
import * as sample from "./sample";
import * as evaluations from "./sample-evaluation";
import { test } from "./world";

const cohort = `/cohorts/${sample.COHORT}`;

test("m2_a_coordinator_names_an_evaluation_with_a_question_and_a_hidden_field", async ({
  portal,
  world,
}) => {
  await open(portal, world, `${cohort}/settings`);
  await portal.getByRole("button", { name: "Name an evaluation" }).click();
  await expect(portal.getByLabel("Evaluation at Typeform")).toHaveValue("Kq7Lm2Xa");
  await portal.getByLabel("Name of the hidden field").fill("link");
  await expect(portal.getByText("A hidden field of the name “link”")).toBeVisible();
  const part = portal.getByRole("region", { name: "Evaluation" });
  await part.getByLabel("What it is called in Danish").fill("Tilfreds?");
  await part.getByLabel("What it is called in English").fill("Content?");
  await part.getByLabel("Short name").fill("content");
  await part.getByLabel("Field in the questionnaire").fill("content");
  await expect(part.getByLabel("Kind of answer").getByRole("option")).toHaveCount(3);
  await portal.getByRole("button", { name: "Save the settings" }).click();
  await expect(portal.getByText("(cannot be changed: the answers belong to it)")).toHaveCount(3);
  await expect(portal.getByLabel("Name of the hidden field")).toHaveCount(0);
  expect(world.settings.settings.evaluation).toEqual({
    form: "Kq7Lm2Xa",
    hidden: "link",
    questions: [
      {
        id: "content",
        refs: ["content"],
        kind: { scale: { min: 1, max: 5 } },
        label: { da: "Tilfreds?", en: "Content?" },
      },
    ],
  });
  await expect(portal.getByRole("button", { name: "No evaluation" })).toHaveCount(0);
});

test("m2_a_fault_in_the_evaluation_leads_to_its_place", async ({ portal, world }) => {
  const { settings } = world.settings;
  world.settings = { ...world.settings, settings: { ...settings, evaluation: evaluations.named } };
  const words = { da: "skal være navnet", en: "must be the name of a hidden field" };
  world.problems.set(`PUT /api/cohorts/${sample.COHORT}/settings`, {
    status: 400,
    kind: "parameters",
    more: {
      errors: [
        {
          in: "body",
          name: "evaluation.hidden",
          problem: words.en,
          pointer: "/evaluation/hidden",
          words,
        },
      ],
    },
  });
  await open(portal, world, `${cohort}/settings`);
  const part = portal.getByRole("region", { name: "Evaluation" });
  // The question is folded until somebody looks into it.
  await part.locator("summary").first().click();
  await part.getByLabel("What it is called in English").first().fill("Pleased?");
  await portal.getByRole("button", { name: "Save the settings" }).click();
  await portal.getByRole("alert").getByRole("link", { name: "Evaluation" }).click();
  await expect(part.getByText("Name of the hidden field: token")).toBeFocused();
});

test("m2_results_are_told_in_charts_and_tables", async ({ portal, world }) => {
  const { settings } = world.settings;
  world.settings = { ...world.settings, settings: { ...settings, evaluation: evaluations.named } };
  await open(portal, world, cohort);
  await portal.getByRole("link", { name: "See the evaluation" }).click();
  await expect(portal.getByText("72 % of those asked have answered, at least")).toBeVisible();
  const counts = portal.getByRole("list", { name: "How content are you with your group?" });
  await expect(counts.getByRole("listitem").filter({ hasText: "40" })).toContainText("4");
  await expect(portal.getByText("Too few have answered to show anything.")).toBeVisible();
  const table = portal.getByRole("table", { name: /by the score of the groups/ });
  await expect(table.getByRole("row")).toHaveCount(4);
  await expect(table.getByRole("row").nth(1)).toContainText("3.5");
  await expect(table.getByRole("row").nth(3)).toContainText("withheld");
});

test("m2_what_is_missing_is_told", async ({ portal, world }) => {
  world.evaluation = evaluations.unnamed;
  await open(portal, world, `${cohort}/evaluation`);
  await expect(portal.getByText("This cohort has no evaluation yet.")).toBeVisible();
  await expect(portal.getByRole("link", { name: "Change the settings" })).toBeVisible();
  world.evaluation = evaluations.unanswered;
  await go(portal, world, cohort);
  await portal.getByRole("link", { name: "See the evaluation" }).click();
  await expect(portal.getByText("Fewer than five have answered.")).toBeVisible();
  await expect(portal.getByText("118")).toBeVisible();
});
