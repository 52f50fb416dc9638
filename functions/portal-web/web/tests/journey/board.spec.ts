// Groups changed by hand while they await approval: with the mouse, with the keyboard, and by two contacts at once.

import { expect, type Locator, type Page } from "@playwright/test";
import { openAt } from "./places";
import * as sample from "./sample";
import { signIn, test, type World } from "./world";

const board = `/api/cohorts/${sample.COHORT}/formations/${sample.AWAITING}/board`;

async function open(portal: Page, world: World): Promise<void> {
  await openAt(portal, world, `/cohorts/${sample.COHORT}/formations/${sample.AWAITING}`);
  // What can be done with a student is there once the board is, which comes after the groups.
  await expect(portal.getByRole("button", { name: `Move ${name}`, exact: true })).toBeVisible();
}

const [first, second] = sample.groups;
const name = first?.members[0]?.name ?? "";
const card = (portal: Page, n: number | undefined) =>
  portal.getByRole("article", { name: `Group ${n}, hold-1` });
/** Takes a student up; the page shows then where they may be dropped. */
async function lift(portal: Page, student: Locator): Promise<void> {
  await student.dispatchEvent("dragstart");
  await portal.locator("li.takes").first().waitFor();
}
const changes = (world: World) => world.calls.filter((call) => call.path === `${board}/changes`);

test("g6 a student is dragged, and what it does is said before they are dropped", async ({
  portal,
  world,
}) => {
  await open(portal, world);
  const [from, to] = [card(portal, first?.number), card(portal, second?.number)];
  const student = from.getByText(name);
  await lift(portal, student);
  await to.dispatchEvent("dragenter");
  await expect(portal.getByText(/^If you let go: Better\. Weakest group 72 → 74\.5/)).toBeVisible();
  expect(changes(world)).toHaveLength(0);
  await to.dispatchEvent("drop");
  await expect(to.getByText(name)).toBeVisible();
  await expect(
    portal.getByText(/^Better\. .*Mends “Nobody alone with: Gender” in group 2\./),
  ).toBeVisible();
  const made = changes(world)[0];
  expect(made?.headers["if-match"]).toBe('"0"');
  expect(JSON.parse(made?.body ?? "")).toEqual({ student: first?.members[0]?.id, to: 2 });

  // Taken back, and made again.
  await portal.getByRole("button", { name: "Undo" }).click();
  await expect(from.getByText(name)).toBeVisible();
  expect(JSON.parse(changes(world)[1]?.body ?? "")).toMatchObject({ to: 1 });
  await portal.getByRole("button", { name: "Redo" }).click();
  await expect(to.getByText(name)).toBeVisible();
  expect(changes(world)[2]?.headers["if-match"]).toBe('"2"');
});

test("g6 a student is moved, exchanged and held fast with the keyboard alone", async ({
  portal,
  world,
}) => {
  await open(portal, world);
  const from = card(portal, first?.number);
  const other = second?.members[1];
  await from.getByRole("button", { name: `Move ${name}`, exact: true }).focus();
  await portal.keyboard.press("Enter");
  const dialog = portal.getByRole("dialog");
  await expect(dialog.getByText(/Better\. Weakest group/)).toBeVisible();
  await dialog.getByLabel("Where to").selectOption(`with ${other?.id}`);
  await expect(dialog.getByRole("status")).toContainText("Weakest group 72 → 74.5");
  await dialog.getByRole("button", { name: "Move now" }).press("Enter");
  await expect(from.getByText(other?.name ?? "")).toBeVisible();
  await expect(card(portal, second?.number).getByText(name)).toBeVisible();

  const lock = portal.getByRole("button", { name: "Lock group 1", exact: true }).first();
  await lock.press("Enter");
  await expect(lock).toHaveAttribute("aria-pressed", "true");
  await card(portal, second?.number)
    .getByRole("button", { name: `Move ${name}`, exact: true })
    .press("Enter");
  await portal.getByRole("button", { name: "Hold fast" }).press("Enter");
  await expect(card(portal, second?.number).getByText("held fast")).toBeVisible();
});

test("g6 who comes second is told, sees what the first did, and overwrites nothing", async ({
  portal,
  world,
}) => {
  await open(portal, world);
  const [from, to] = [card(portal, first?.number), card(portal, second?.number)];
  world.problems.set(`POST ${board}/changes`, { status: 412, kind: "stale", more: { version: 4 } });
  world.board = { ...world.board, version: 4 };
  const theirs = first?.members[1];
  world.groups = world.groups.map((group) =>
    group.number === first?.number && group.section === first.section
      ? { ...group, members: group.members.filter((member) => member !== theirs) }
      : group,
  );
  await lift(portal, from.getByText(name));
  await to.dispatchEvent("drop");
  await expect(portal.getByText("Somebody else changed it in the meantime.")).toBeVisible();
  await expect(from.getByText(theirs?.name ?? "")).toHaveCount(0);
  await lift(portal, from.getByText(name));
  await to.dispatchEvent("drop");
  await expect(to.getByText(name)).toBeVisible();
  expect(changes(world).at(-1)?.headers["if-match"]).toBe('"4"');
});

test("g6 groups that somebody else changed are seen before they are approved", async ({
  portal,
  world,
}) => {
  await open(portal, world);
  const [from, to] = [card(portal, first?.number), card(portal, second?.number)];
  const undo = portal.getByRole("button", { name: "Undo" });
  await lift(portal, from.getByText(name));
  await to.dispatchEvent("drop");
  await expect(to.getByText(name)).toBeVisible();
  await expect(undo).toBeEnabled();

  // Asked while somebody else moves a student: it is about the groups as they were.
  await portal.getByRole("button", { name: "Approve and publish" }).click();
  const theirs = first?.members[1];
  world.groups = world.groups.map((group) =>
    group.number === first?.number && group.section === first.section
      ? { ...group, members: group.members.filter((member) => member !== theirs) }
      : group,
  );
  world.board = { ...world.board, version: 5 };
  await expect(from.getByText(theirs?.name ?? "")).toHaveCount(0);
  const dialog = portal.getByRole("dialog");
  await dialog.getByRole("button", { name: "Publish" }).click();
  await expect(dialog.getByText("Somebody else changed it in the meantime.")).toBeVisible();
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await expect(undo).toBeDisabled();

  await portal.getByRole("button", { name: "Approve and publish" }).click();
  await dialog.getByRole("button", { name: "Publish" }).click();
  await expect(portal.getByText("Approved. The groups are being published.")).toBeVisible();
  const path = `/api/cohorts/${sample.COHORT}/formations/${sample.AWAITING}/approve`;
  const asked = world.asked("POST", path).map((call) => call.headers["if-match"]);
  expect(asked).toEqual(['"1"', '"5"']);
});

test("g6 a lost connection while dragging loses nothing", async ({ portal, world }) => {
  await open(portal, world);
  const [from, to] = [card(portal, first?.number), card(portal, second?.number)];
  await portal.route(`**${board}/changes`, (route) => route.abort());
  await lift(portal, from.getByText(name));
  await to.dispatchEvent("drop");
  await expect(portal.getByText("There is no connection to the service.")).toBeVisible();
  await expect(from.getByText(name)).toBeVisible();
  await portal.unroute(`**${board}/changes`);
  await lift(portal, from.getByText(name));
  await to.dispatchEvent("drop");
  await expect(to.getByText(name)).toBeVisible();
});

test("g6 after a lost answer nothing older is taken back", async ({ portal, world }) => {
  await open(portal, world);
  const [from, to] = [card(portal, first?.number), card(portal, second?.number)];
  const undo = portal.getByRole("button", { name: "Undo" });
  await lift(portal, from.getByText(name));
  await to.dispatchEvent("drop");
  await expect(to.getByText(name)).toBeVisible();
  await expect(undo).toBeEnabled();

  // Not even asked: what was made before can still be taken back.
  await portal.route(`**${board}/changes`, (route) => route.abort(), { times: 1 });
  const other = first?.members[1]?.name ?? "";
  await lift(portal, from.getByText(other));
  await to.dispatchEvent("drop");
  await expect(portal.getByText("There is no connection to the service.")).toBeVisible();
  await expect(undo).toBeEnabled();

  // Made, and the answer lost: taking back would begin with the change before it.
  await portal.route(
    `**${board}/changes`,
    async (route) => {
      await route.fetch();
      await route.abort();
    },
    { times: 1 },
  );
  await lift(portal, from.getByText(other));
  await to.dispatchEvent("drop");
  await expect(to.getByText(other)).toBeVisible();
  await expect(undo).toBeDisabled();
});

test("g6 the rest is formed anew around what is held fast, once", async ({ portal, world }) => {
  await open(portal, world);
  await portal.getByRole("button", { name: "Form the rest anew" }).click();
  const dialog = portal.getByRole("dialog");
  await expect(dialog.getByText("Nothing is held fast, so everybody is formed anew")).toBeVisible();
  // Only now does somebody else lock a group: the page asks again by itself,
  // and what it asked before this was shown must not know of the lock yet.
  world.board = { ...world.board, version: 2, locked: [{ section: "hold-1", number: 1 }] };
  world.problems.set(`POST ${board}/anew`, { status: 412, kind: "stale", more: { version: 2 } });
  await dialog.getByRole("button", { name: "Form anew" }).click();
  await expect(dialog.getByText("Somebody else changed it in the meantime.")).toBeVisible();
  await dialog.getByRole("button", { name: "Cancel" }).click();
  const lock = card(portal, 1).getByRole("button", { name: "Lock group 1", exact: true });
  await expect(lock).toHaveAttribute("aria-pressed", "true");

  await portal.getByRole("button", { name: "Form the rest anew" }).press("Enter");
  await expect(dialog.getByText("1 group locked and 0 students held fast stay.")).toBeVisible();
  await portal.route(`**${board}/anew`, (route) => route.abort(), { times: 1 });
  await dialog.getByRole("button", { name: "Form anew" }).press("Enter");
  await expect(dialog.getByText("There is no connection to the service.")).toBeVisible();
  await dialog.getByRole("button", { name: "Form anew" }).press("Enter");
  await expect(portal).toHaveURL(new RegExp(`/formations/${sample.PUBLISHED}$`));
  const [stale, asked] = world.asked("POST", `${board}/anew`);
  expect(JSON.parse(asked?.body ?? "")).toEqual({ keep: "held" });
  expect(asked?.headers["if-match"]).toBe('"2"');
  expect(asked?.headers["idempotency-key"]).toMatch(/^[\da-f-]{36}$/);
  expect(asked?.headers["idempotency-key"]).not.toBe(stale?.headers["idempotency-key"]);
});

test("g6 a rest that fits no sizes is told in the reader's language", async ({ portal, world }) => {
  await open(portal, world);
  const words = { da: "Hold a: passer ikke.", en: "Section a: does not fit." };
  const error = { in: "body", name: "keep", problem: words.en, pointer: "/keep", words };
  world.problems.set(`POST ${board}/anew`, {
    status: 400,
    kind: "parameters",
    more: { errors: [error] },
  });
  await portal.getByRole("button", { name: "Dansk" }).click();
  await portal.getByRole("button", { name: "Dan resten på ny" }).click();
  await portal.getByRole("dialog").getByRole("button", { name: "Dan på ny" }).click();
  await expect(portal.getByRole("dialog").getByText("Hold a: passer ikke.")).toBeVisible();
});

test("g6 groups that were set aside are taken up again", async ({ portal, world }) => {
  await open(portal, world);
  const place = `/cohorts/${sample.COHORT}/formations/${sample.REJECTED}`;
  await portal.evaluate((to) => {
    history.pushState({}, "", to);
    dispatchEvent(new PopStateEvent("popstate"));
  }, `${world.origin}/portal${place}`);
  await expect(portal.getByRole("link", { name: "the groups they come from" })).toBeVisible();
  await portal.getByRole("button", { name: "Take these groups up again" }).click();
  await portal.getByRole("dialog").getByRole("button", { name: "Take them up" }).click();
  await expect(portal).toHaveURL(new RegExp(`/formations/${sample.AWAITING}$`));
  const [asked] = world.asked("POST", `/api${place}/board/anew`);
  expect(JSON.parse(asked?.body ?? "")).toEqual({ keep: "all" });
  expect(asked?.headers["if-match"]).toBe('"7"');
});

test("g6 groups are not offered to be taken up again once others are published", async ({
  portal,
  world,
}) => {
  await open(portal, world);
  world.state = "published";
  const place = `/cohorts/${sample.COHORT}/formations/${sample.REJECTED}`;
  await portal.evaluate((to) => {
    history.pushState({}, "", to);
    dispatchEvent(new PopStateEvent("popstate"));
  }, `${world.origin}/portal${place}`);
  await expect(portal.getByRole("link", { name: "the groups they come from" })).toBeVisible();
  await expect(portal.getByRole("button", { name: "Take these groups up again" })).toHaveCount(0);
});

test("g6 two formations stand side by side, with everybody who is in another group", async ({
  portal,
  world,
}) => {
  await open(portal, world);
  await portal.getByRole("link", { name: "Compare with other groups" }).click();
  const scores = portal.getByRole("region", { name: "Scores" });
  await expect(scores.getByRole("row", { name: /Weakest group/ })).toContainText("72.1");
  await expect(scores.getByRole("row", { name: /Weakest group/ })).toContainText("74.1");
  const rules = portal.getByRole("region", { name: "Criteria" });
  await expect(rules.getByRole("row", { name: /Nobody alone/ })).toContainText("broken in 1 group");
  const movers = portal.getByRole("region", { name: "Who is in another group" });
  await expect(movers.getByRole("row", { name: /Alma Krogh/ })).toContainText("Group 2");
  await movers.getByRole("button").click();
  await expect(movers.getByRole("row")).toHaveCount(4);
  await portal.getByLabel("Compare with").selectOption(sample.REJECTED);
  await expect
    .poll(() => world.calls.some((call) => call.query.get("with") === sample.REJECTED))
    .toBe(true);
});

test("g3 a conflict names whom it is about and what giving up each rule buys", async ({
  portal,
  world,
}) => {
  await open(portal, world);
  await portal.evaluate((to) => {
    history.pushState({}, "", to);
    dispatchEvent(new PopStateEvent("popstate"));
  }, `${world.origin}/portal/cohorts/${sample.COHORT}/formations/${sample.FAILED}`);
  await expect(portal.getByText(/David Aagaard and #2 have no common time/)).toBeVisible();
  const prices = portal.getByRole("table", { name: "What giving up a rule buys" });
  await expect(prices.getByRole("row", { name: /Nobody alone/ })).toContainText("84.1");
  await expect(prices.getByRole("row", { name: /Common time/ })).toContainText("86.3");
});

test("g6 a viewer is offered no change", async ({ portal, world }) => {
  world.role = "viewer";
  await signIn(portal);
  await portal.evaluate((to) => {
    history.pushState({}, "", to);
    dispatchEvent(new PopStateEvent("popstate"));
  }, `${world.origin}/portal/cohorts/${sample.COHORT}/formations/${sample.AWAITING}`);
  await expect(portal.getByRole("article").first()).toBeVisible();
  await expect(
    portal.getByRole("button", {
      name: /^(Move|Flyt|Undo|Fortryd|Lock|Lås|Form the rest|Dan resten)/,
    }),
  ).toHaveCount(0);
  expect(world.calls.filter((call) => call.path.startsWith(board))).toHaveLength(0);
});
