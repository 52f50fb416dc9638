// What every page must stand, whoever serves it.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect, type Page } from "@playwright/test";
import type axe from "axe-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const SHOTS = process.env.SHOTS;

/** Nothing is to be scrolled sideways. */
export async function fits(page: Page, name: string): Promise<void> {
  const scrolls = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(scrolls, `${name} scrolls sideways`).toBeLessThanOrEqual(0);
}

/** Cards out of sight are not laid out, and would be blank in a picture of the whole page. */
async function drawAll(page: Page): Promise<void> {
  await page.evaluate(() => {
    for (const card of document.querySelectorAll<HTMLElement>(".board > .group")) {
      card.style.contentVisibility = "visible";
    }
  });
}

/** It fits, and axe-core finds no violation of WCAG 2.2 AA. With SHOTS=folder it is drawn there as well. */
export async function look(page: Page, name: string): Promise<void> {
  await fits(page, name);
  if (SHOTS !== undefined) {
    await drawAll(page);
    await page.screenshot({ path: `${SHOTS}/${name}.png`, fullPage: true });
  }
  // Evaluated by the browser's debugger, which the page's policy does not bind.
  await page.evaluate(AXE);
  const found = await page.evaluate(
    (tags) =>
      (window as unknown as { axe: typeof axe }).axe.run(document, {
        runOnly: { type: "tag", values: tags },
      }),
    TAGS,
  );
  const violations = found.violations.map(
    ({ id, nodes }) =>
      `${id}: ${nodes.map((node) => `${node.html} ${node.failureSummary}`).join("\n  ")}`,
  );
  expect(violations, name).toEqual([]);
  expect(found.passes.length, "axe looked at something").toBeGreaterThan(5);
}
