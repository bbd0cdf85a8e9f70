import { assert, assertEquals, assertLessOrEqual, assertNotEquals } from "@std/assert";
import { readPlotly, renderHtmlReport } from "../../src/report/sweep/html_report.ts";
import { HOSTILE, mostlyRight, type SampleOptions, sampleReport } from "../report/html_sample.ts";
import { browserTest, openPage, until } from "./browser.ts";
import type { Page } from "./playwright.ts";

const SCREENS = ".artifacts/screens";
const CLASSES = ["swap_asset", "stake_asset", "borrow_asset", "claim_rewards", "deposit_asset"];
const GRID = { nearMargins: [0, 0.1, 0.2, 0.3] };

/** Writes a report and returns its path. */
async function writeReport(name: string, options: SampleOptions): Promise<string> {
  await Deno.mkdir(SCREENS, { recursive: true });
  const path = `${SCREENS}/${name}.html`;
  await Deno.writeTextFile(path, renderHtmlReport(await sampleReport(options), await readPlotly()));
  return path;
}

const shoot = (page: Page, name: string) =>
  page.screenshot({ path: `${SCREENS}/${name}.png`, fullPage: true });

/** The charts, each with whether it holds a drawn picture. */
const charts = (page: Page) =>
  page.evaluate<string[]>(
    `[...document.querySelectorAll(".plot")].map((plot) =>
      plot.id + (plot.querySelector(".trace path, .hm image") ? "" : " empty"))`,
  );

const DRAWN = ["thresholds", "grid", "risk-coverage", "reliability", "histogram", "confusion"];
DRAWN.push("classes");

for (
  const [theme, width] of [["light", 1280], ["dark", 1280], ["light", 400], ["dark", 400]] as const
) {
  browserTest(
    `a report draws its charts and asks for nothing: ${theme}, ${width} px`,
    async (browser) => {
      const name = `report-${theme}-${width}`;
      const path = await writeReport(name, { ...mostlyRight(2000, CLASSES), ...GRID });
      const { page, misdeeds } = await openPage(browser, path, { width, colorScheme: theme });
      assertEquals(await charts(page), DRAWN.map((id) => `plot-${id}`));
      assertEquals(await page.locator(".plot .main-svg").count(), 3 * DRAWN.length);
      await shoot(page, name);
      // Nothing hangs over the side, neither page nor chart.
      const over = await page.evaluate<number>(
        `Math.max(document.documentElement.scrollWidth, ...[...document.querySelectorAll(".plot svg")]
        .map((svg) => svg.getBoundingClientRect().right))`,
      );
      assertLessOrEqual(over, width);
      const paper = await page.evaluate<string>("getComputedStyle(document.body).backgroundColor");
      assertEquals(paper, theme === "dark" ? "rgb(17, 21, 26)" : "rgb(246, 247, 249)");
      assertEquals(misdeeds, { messages: [], requests: [] });
    },
  );
}

browserTest("a report prints in light colours at the paper's width", async (browser) => {
  const path = await writeReport("report-print", { ...mostlyRight(2000, CLASSES), ...GRID });
  const { page, misdeeds } = await openPage(browser, path, { width: 1280, colorScheme: "dark" });
  await page.setViewportSize({ width: 718, height: 1000 });
  await page.emulateMedia({ media: "print" });
  await until(
    page,
    `[...document.querySelectorAll(".plot .main-svg")]
    .every((svg) => svg.clientWidth > 0 && svg.clientWidth <= 660)`,
  );
  await shoot(page, "report-print");
  const ink = await page.evaluate<string>(
    `getComputedStyle(document.querySelector(".xtick text")).fill`,
  );
  assertEquals(ink, "rgb(27, 31, 36)");
  assertEquals(await page.locator("#errors-table tbody tr:visible").count(), 40);
  assertEquals(await page.locator("button:visible").count(), 7);
  const pdf = await page.pdf({ format: "A4" });
  assert(pdf.length > 20_000);
  assertEquals(misdeeds, { messages: [], requests: [] });
});

browserTest("a report's theme, views and errors answer to the keyboard alone", async (browser) => {
  const path = await writeReport("report-keyboard", { ...mostlyRight(2000, CLASSES), ...GRID });
  const { page, misdeeds } = await openPage(browser, path, { width: 1280, colorScheme: "light" });
  const reached = await tabThrough(page);
  for (const what of ["#theme", "#view-grid", "#errors-find", "#errors-kind", "TH", "DETAILS"]) {
    assert(reached.includes(what), `Tab does not reach ${what}: ${reached.join(" ")}`);
  }
  await page.focus("#theme");
  const before = await tickColour(page);
  await page.keyboard.press("Enter");
  await until(page, `getComputedStyle(document.querySelector(".xtick text")).fill !== "${before}"`);
  assertNotEquals(await tickColour(page), before);

  const cells = () =>
    page.evaluate<string>(`JSON.stringify(document.getElementById("plot-grid").data[0].z)`);
  const coverage = await cells();
  await page.focus("#view-grid");
  await page.keyboard.press("ArrowDown");
  await until(
    page,
    `JSON.stringify(document.getElementById("plot-grid").data[0].z) !== '${coverage}'`,
  );

  await page.focus("#errors-find");
  await page.keyboard.type("swap_asset");
  const status = await page.locator("#errors-status").textContent();
  const shown = await page.locator("#errors-table tbody tr:visible").allTextContents();
  assertEquals(status, `${shown.length} of 500 shown`.replace("500", String(await rowCount(page))));
  assert(shown.length > 0 && shown.every((text) => text.includes("swap_asset")));

  for (const direction of ["ascending", "descending"]) {
    await page.locator("th button", { hasText: "margin" }).focus();
    await page.keyboard.press("Enter");
    const sorted = await page.locator("#errors-table tbody tr:visible td:nth-child(6)")
      .allTextContents();
    const expected = sorted.map(Number).sort((a, b) => direction === "ascending" ? a - b : b - a);
    assertEquals(sorted.map(Number), expected);
    assertEquals(await page.locator(`th[aria-sort="${direction}"]`).count(), 1);
  }
  await shoot(page, "report-toggled");
  assertEquals(misdeeds, { messages: [], requests: [] });
});

browserTest("hostile prompts and class names do nothing in a page", async (browser) => {
  const classes = [...HOSTILE.slice(0, 9), "--good"];
  const sample = mostlyRight(400, classes);
  const rows = sample.rows.map((row, i) => ({ ...row, prompt: HOSTILE[i % HOSTILE.length]! }));
  const path = await writeReport("report-hostile", { ...sample, rows, bench: HOSTILE[1]! });
  const { page, misdeeds } = await openPage(browser, path, { width: 1280, colorScheme: "light" });
  await page.locator("#plot-confusion").hover({ position: { x: 320, y: 60 } });
  assertEquals(await page.evaluate("typeof globalThis.hacked"), "undefined");
  assertEquals(await page.locator("main img, main a:not(nav a)").count(), 0);
  // The name is a name, although a colour is called so too; and markup in a name is shown.
  const ticks = await page.locator("#plot-classes .ytick text").allTextContents();
  assert(ticks.some((text) => text.startsWith("--good (")), ticks.join("; "));
  assert(ticks.some((text) => text.startsWith("<img src=x")), ticks.join("; "));
  await shoot(page, "report-hostile");
  assertEquals(misdeeds, { messages: [], requests: [] });
});

browserTest("a report without labels says what is missing", async (browser) => {
  const path = await writeReport("report-unlabeled", mostlyRight(300, CLASSES, () => null));
  const { page, misdeeds } = await openPage(browser, path, { width: 1280, colorScheme: "light" });
  assertEquals(await charts(page), ["plot-thresholds", "plot-histogram"]);
  assertEquals(await page.locator("main .missing").count(), 5);
  await shoot(page, "report-unlabeled");
  assertEquals(misdeeds, { messages: [], requests: [] });
});

/** What the Tab key stops at: ids, or the name of the parent of what has none. */
async function tabThrough(page: Page): Promise<string[]> {
  const reached: string[] = [];
  for (let i = 0; i < 60; i++) {
    await page.keyboard.press("Tab");
    reached.push(
      await page.evaluate<string>(
        `(({ id, parentElement }) => id ? "#" + id : parentElement?.tagName ?? "")(document.activeElement)`,
      ),
    );
  }
  return reached;
}

const tickColour = (page: Page) =>
  page.evaluate<string>(`getComputedStyle(document.querySelector(".xtick text")).fill`);

const rowCount = (page: Page) => page.locator("#errors-table tbody tr").count();
