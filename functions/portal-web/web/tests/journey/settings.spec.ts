// Setting up a cohort and changing its settings, by a contact in a browser; nothing that was entered is lost.

import { expect } from "@playwright/test";
import { look } from "../look";
import { openAt as open } from "./places";
import * as sample from "./sample";
import { test, type World } from "./world";

const path = `/api/cohorts/${sample.COHORT}/settings`;

const sent = (world: World, method: string) =>
  world.calls.filter((call) => call.method === method && call.path.startsWith("/api/cohorts"));

test("p3 a cohort is set up from another one, with a recipe, and the same key each time", async ({
  portal,
  world,
}) => {
  await open(portal, world, "/new-cohort");
  await portal.getByLabel("Begin with").selectOption(sample.COHORT);
  await portal.getByLabel("Name in English").fill("Computer science, autumn 2027");
  await portal.getByLabel("Deadline, in Danish time").fill("2027-09-10T12:00");
  await portal.getByText("Recipes, with the research behind them").click();
  await expect(portal.getByText(/Oakley, Felder, Brent & Elhajj \(2004\)/).first()).toBeVisible();
  await portal.getByRole("button", { name: "Add: Even prior knowledge" }).click();
  world.problems.set("POST /api/cohorts", { status: 503, kind: "unavailable" });
  await portal.getByRole("button", { name: "Set up the cohort" }).click();
  await expect(portal.getByText("The service is busy.")).toBeVisible();
  await expect(portal.getByLabel("Name in English")).toHaveValue("Computer science, autumn 2027");
  await portal.getByRole("button", { name: "Set up the cohort" }).click();
  await expect(portal).toHaveURL(new RegExp(`/cohorts/${sample.COHORT}$`));
  const [first, second] = sent(world, "POST");
  expect(first?.headers["idempotency-key"]).toBe(second?.headers["idempotency-key"]);
  const body = JSON.parse(second?.body ?? "");
  expect(body).toMatchObject({
    form: "Xy12AbCd",
    // Summer time in Copenhagen.
    deadline: "2027-09-10T10:00:00Z",
    questions: sample.settings.settings.questions,
  });
  expect(body.criteria.at(-1)).toMatchObject({ rule: { balance: { question: "ambition" } } });
});

test("p3 what is wrong stands at its field, in the reader's language", async ({
  portal,
  world,
}) => {
  await open(portal, world, `/cohorts/${sample.COHORT}/settings`);
  const words = { da: "ligger i fortiden", en: "lies in the past; choose a later time" };
  const errors = [{ in: "body", name: "deadline", problem: words.en, pointer: "/deadline", words }];
  world.problems.set(`PUT ${path}`, { status: 400, kind: "parameters", more: { errors } });
  await portal.getByRole("button", { name: "Save the settings" }).click();
  const deadline = portal.getByLabel("Deadline, in Danish time");
  await expect(deadline).toHaveAttribute("aria-invalid", "true");
  await expect(deadline).toHaveAccessibleDescription(/lies in the past; choose a later time/);
  await portal.getByRole("link", { name: "Answering deadline" }).click();
  await expect(deadline).toBeFocused();
  await portal.getByRole("button", { name: "Dansk" }).click();
  await expect(portal.getByLabel("Frist, dansk tid")).toHaveAccessibleDescription(
    /ligger i fortiden/,
  );
});

test("p1 of two contacts who change the settings neither loses anything", async ({
  portal,
  world,
}) => {
  await open(portal, world, `/cohorts/${sample.COHORT}/settings`);
  await portal.getByLabel("Name in English").fill("My name");
  const { settings } = sample.settings;
  world.settings = {
    ...sample.settings,
    version: 4,
    settings: { ...settings, sizes: { min: 3, preferred: 4, max: 5 } },
  };
  world.problems.set(`PUT ${path}`, { status: 412, kind: "stale", more: { version: 4 } });
  await portal.getByRole("button", { name: "Save the settings" }).click();
  await expect(portal.getByText("They changed: Group size.")).toBeVisible();
  await expect(portal.getByLabel("Name in English")).toHaveValue("My name");
  await portal.getByRole("button", { name: "Put both together" }).click();
  await expect(portal.getByLabel("Largest")).toHaveValue("5");
  await expect(portal.getByLabel("Name in English")).toHaveValue("My name");
  await portal.getByRole("button", { name: "Save the settings" }).click();
  await expect(portal.getByText("The settings are saved.")).toBeVisible();
  const last = sent(world, "PUT").at(-1);
  expect(last?.headers["if-match"]).toBe('"4"');
  expect(JSON.parse(last?.body ?? "")).toMatchObject({
    name: { en: "My name" },
    sizes: { min: 3, preferred: 4, max: 5 },
  });
});

test("p3 what is not saved is there again when one comes back to the page", async ({
  portal,
  world,
}) => {
  await open(portal, world, `/cohorts/${sample.COHORT}/settings`);
  await portal.getByLabel("Name in English").fill("Half written");
  await portal.getByRole("link", { name: "UniHelper" }).click();
  await portal.goBack();
  await expect(portal.getByLabel("Name in English")).toHaveValue("Half written");
  await portal.getByRole("button", { name: "Discard them" }).click();
  await expect(portal.getByLabel("Name in English")).toHaveValue(sample.settings.settings.name.en);
});

test("p3 a criterion is made with the keyboard alone", async ({ portal, world }) => {
  await open(portal, world, `/cohorts/${sample.COHORT}/settings`);
  await portal.getByRole("button", { name: "Add a criterion" }).focus();
  await portal.keyboard.press("Enter");
  const added = portal.getByRole("group", { name: /^Criterion 3/ });
  await added.getByLabel("What it asks for").focus();
  await portal.keyboard.type("somebody with");
  await portal.keyboard.press("Tab");
  await expect(portal.getByRole("group", { name: /^Criterion 3: somebody with/ })).toBeVisible();
  await portal.getByRole("button", { name: "Save the settings" }).focus();
  await portal.keyboard.press("Enter");
  await expect(portal.getByText("The settings are saved.")).toBeVisible();
  const last = JSON.parse(sent(world, "PUT").at(-1)?.body ?? "");
  expect(last.criteria[2].rule).toEqual({
    cover: { question: "gender", codes: ["woman"], at_least: 1 },
  });
});

test("g2 students are kept apart by a rule that is put together from their names", async ({
  portal,
  world,
}) => {
  await open(portal, world, `/cohorts/${sample.COHORT}/settings`);
  expect(world.asked("GET", `/api/cohorts/${sample.COHORT}/students`), "nobody is named").toEqual(
    [],
  );
  await portal.getByRole("button", { name: "Add a criterion" }).click();
  const added = portal.getByRole("group", { name: /^Criterion 3/ });
  await added.getByLabel("What it asks for").selectOption({ label: "certain students apart" });
  const search = added.getByLabel("Search for a student for set 1");
  await expect(added.getByLabel("How strict")).toHaveValue("must");
  const [one, other] = [sample.students[0], sample.students[1]];
  for (const student of [one, other]) {
    await search.fill(student?.name ?? "");
    await added
      .getByRole("button", { name: `Choose ${student?.name}, ${student?.section}` })
      .first()
      .press("Enter");
    await expect(added.getByText(`${student?.name} is chosen`)).toBeVisible();
    await expect(search, "one goes on where one was").toBeFocused();
  }
  await expect(added.getByRole("button", { name: /^Take out/ })).toHaveCount(2);
  await search.fill("a");
  await look(portal, "settings-apart-wide");
  await portal.setViewportSize({ width: 320, height: 800 });
  await look(portal, "settings-apart-narrow");
  await portal.getByRole("button", { name: "Save the settings" }).click();
  await expect(portal.getByText("The settings are saved.")).toBeVisible();
  const rule = { apart: { sets: [[one?.id, other?.id]] } };
  expect(JSON.parse(sent(world, "PUT").at(-1)?.body ?? "").criteria[2]).toMatchObject({
    id: "apart-1",
    rule,
  });
});

test("g2 who is gone meanwhile is told where the rule is, and taken out", async ({
  portal,
  world,
}) => {
  const rule = { apart: { sets: [sample.students.slice(0, 3).map(({ id }) => id)] } };
  const { settings } = sample.settings;
  const criteria = [...settings.criteria];
  criteria.push({ id: "apart-1", rule, weight: 20, hardness: "should" } as (typeof criteria)[0]);
  world.settings = { ...sample.settings, version: 4, settings: { ...settings, criteria } };
  world.problems.set(`PUT ${path}`, {
    status: 400,
    kind: "parameters",
    more: {
      errors: [
        {
          in: "body",
          name: "criteria",
          pointer: "/criteria/2/rule",
          problem: "names somebody who is not among the students of this cohort; take them out",
          words: { en: "names somebody who is gone", da: "nævner en, der er væk" },
        },
      ],
    },
  });
  await open(portal, world, `/cohorts/${sample.COHORT}/settings`);
  const added = portal.getByRole("group", { name: /^Criterion 3/ });
  await expect(added.getByText("It names 3 students.")).toBeVisible();
  const students = `/api/cohorts/${sample.COHORT}/students`;
  expect(world.asked("GET", students), "a rule is kept without a look at anybody").toEqual([]);
  await added.getByRole("button", { name: "Show and change whom" }).click();
  await added
    .getByRole("button", { name: /^Take out/ })
    .first()
    .click();
  await expect(added.getByLabel("Search for a student for set 1")).toBeFocused();
  const looked = world.asked("GET", students).length;
  await portal.getByRole("button", { name: "Save the settings" }).click();
  await expect(portal.getByRole("link", { name: "Criterion 3" })).toBeVisible();
  await expect(added.getByText("names somebody who is gone")).toBeVisible();
  await expect.poll(() => world.asked("GET", students).length, "who is there now").toBe(looked + 1);
  const last = JSON.parse(sent(world, "PUT").at(-1)?.body ?? "");
  expect(last.criteria[2].rule.apart.sets).toEqual([rule.apart.sets[0]?.slice(1)]);
});

test("p1 a change whose answer was lost is not taken for somebody else's", async ({
  portal,
  world,
}) => {
  await open(portal, world, `/cohorts/${sample.COHORT}/settings`);
  await portal.getByLabel("Name in English").fill("Lost and found");
  const { settings } = sample.settings;
  world.settings = {
    ...sample.settings,
    version: 4,
    settings: { ...settings, name: { ...settings.name, en: "Lost and found" } },
  };
  world.problems.set(`PUT ${path}`, { status: 412, kind: "stale", more: { version: 4 } });
  await portal.getByRole("button", { name: "Save the settings" }).click();
  await expect(portal.getByText("The settings are saved.")).toBeVisible();
  await expect(portal.getByText("They changed")).toHaveCount(0);
});
