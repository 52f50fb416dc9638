// The pages without script, which students open from their mails and anybody reads: as their functions answer them
// to the gateway, headers and all. DRAWN names the folder that the functions' tests write them to:
//
//   DRAWN=/tmp/drawn cargo test -p confirmation -p public-pages --test it drawn
//
// Each is looked at narrow and wide, light and dark, walked through by keyboard, and given more room between letters
// and lines (WCAG 2.2, 1.4.12). With SHOTS=folder there are pictures of them.

import { readdirSync, readFileSync } from "node:fs";
import { test as base, expect, type Page } from "@playwright/test";
import { fits, look } from "../look";

const ORIGIN = "https://pages.example.edu";
const folder = process.env.DRAWN;
if (folder === undefined) throw new Error("DRAWN names no folder");

interface Answer {
  statusCode: number;
  headers: Record<string, string>;
  body: string;
}

const pages = readdirSync(folder)
  .filter((file) => file.endsWith(".json"))
  .map((file) => file.slice(0, -".json".length))
  .sort();

function answered(name: string): Answer {
  return JSON.parse(readFileSync(`${folder}/${name}.json`, "utf8"));
}

/** A browser that gets the pages and nothing else, and whose every complaint fails the test. */
const test = base.extend<{ open: (name: string) => Promise<void> }>({
  open: async ({ page }, use) => {
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (message) => {
      // The browser itself notes every answer of 400 and above.
      if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) {
        complaints.push(message.text());
      }
    });
    let asked = "";
    await page.route("**", async (route) => {
      const url = route.request().url();
      // Browsers ask for it wherever a page names none.
      if (url === `${ORIGIN}/favicon.ico`) return route.fulfill({ status: 404 });
      if (url !== `${ORIGIN}/${asked}`) {
        complaints.push(`asked for ${url}`);
        return route.abort();
      }
      const { statusCode: status, headers, body } = answered(asked);
      return route.fulfill({ status, headers, body });
    });
    await use(async (name) => {
      asked = name;
      await page.goto(`${ORIGIN}/${name}`);
    });
    expect(complaints).toEqual([]);
  },
});

/** What can be reached by keyboard, in the order in which it is read. */
const REACHED = "a[href], button, input:not([type=hidden])";

/** Where the focus is, and how strongly its frame stands out from what it lies on: the ratio of luminances. */
function focused(page: Page): Promise<{ at: number; width: number; contrast: number }> {
  return page.evaluate((reached) => {
    const luminance = (colour: string): number => {
      const [red = 0, green = 0, blue = 0] = (colour.match(/[\d.]+/g) ?? [])
        .map((part) => Number(part) / 255)
        .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const ground = (of: Element | null): string => {
      if (of === null) return "rgb(255, 255, 255)";
      const { backgroundColor } = getComputedStyle(of);
      return backgroundColor === "rgba(0, 0, 0, 0)" ? ground(of.parentElement) : backgroundColor;
    };
    const it = document.activeElement ?? document.body;
    const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(it);
    const [frame, below] = [luminance(outlineColor), luminance(ground(it.parentElement))];
    return {
      at: [...document.querySelectorAll(reached)].indexOf(it),
      width: outlineStyle === "none" ? 0 : Number.parseFloat(outlineWidth),
      contrast: (Math.max(frame, below) + 0.05) / (Math.min(frame, below) + 0.05),
    };
  }, REACHED);
}

/** Every link, button and field is reached once, in order, and is seen to be. */
async function walks(page: Page, name: string): Promise<number> {
  const count = await page.locator(REACHED).count();
  for (let at = 0; at < count; at += 1) {
    await page.keyboard.press("Tab");
    const focus = await focused(page);
    expect(focus.at, `${name}: what the focus is on`).toBe(at);
    expect(focus.width, `${name}: the frame of ${at}`).toBeGreaterThanOrEqual(2);
    expect(focus.contrast, `${name}: the frame of ${at}`).toBeGreaterThanOrEqual(3);
  }
  return count;
}

/** As readers set it who need more room. Scripts of the debugger may, the page's own policy notwithstanding. */
function spaceOut(page: Page): Promise<void> {
  return page.evaluate(() => {
    for (const one of document.querySelectorAll<HTMLElement>("body, body *")) {
      one.style.setProperty("line-height", "1.5", "important");
      one.style.setProperty("letter-spacing", "0.12em", "important");
      one.style.setProperty("word-spacing", "0.16em", "important");
      if (one.tagName === "P") one.style.setProperty("margin-bottom", "2em", "important");
    }
  });
}

test("p3_every_page_without_script_is_drawn", () => {
  // A language at the end means that the page is there in both; a page without one speaks both.
  const names = pages.map((name) => name.replace(/-(da|en)$/, ""));
  expect(new Set(names)).toEqual(
    new Set([
      "announced",
      "rights-ask",
      "rights-confirmed",
      "rights-fetch",
      "rights-later",
      "rights-no-link",
      "student-access",
      "student-alone",
      "student-closed",
      "student-done-erasure",
      "student-done-lift-objection",
      "student-done-lift-restriction",
      "student-done-objection",
      "student-done-rectification",
      "student-done-restriction",
      "student-door",
      "student-erasure",
      "student-left",
      "student-lift-objection",
      "student-lift-restriction",
      "student-long-words",
      "student-no-group",
      "student-objection",
      "student-over",
      "student-page",
      "student-rectification",
      "student-renewed",
      "student-restriction",
      "student-way-in",
      "student-wrong",
      "subprocessors",
    ]),
  );
  for (const name of pages.filter((one) => /-(da|en)$/.test(one))) {
    expect(pages).toContain(name.replace(/-(da|en)$/, name.endsWith("da") ? "-en" : "-da"));
  }
});

const VIEWS = [
  { name: "wide", width: 1440, height: 900, scheme: "light" },
  { name: "narrow", width: 320, height: 700, scheme: "dark" },
] as const;

for (const view of VIEWS) {
  test(`p3_every_page_without_script_is_accessible_${view.name}`, async ({ page, open }) => {
    test.setTimeout(300_000);
    await page.setViewportSize({ width: view.width, height: view.height });
    await page.emulateMedia({ colorScheme: view.scheme });
    let reached = 0;
    for (const name of pages) {
      await open(name);
      const language = /-(da|en)$/.exec(name)?.[1];
      await expect(page.locator("html"), name).toHaveAttribute("lang", language ?? "da");
      if (language === undefined) await expect(page.locator("[lang=en]"), name).toHaveCount(1);
      await expect(page, name).toHaveTitle(/\S [·–] UniHelper$/);
      await look(page, `${name}-${view.name}`);
      reached += await walks(page, name);
      await spaceOut(page);
      await fits(page, `${name} with more room`);
    }
    expect(reached, "there was something to reach").toBeGreaterThan(pages.length);
  });
}
