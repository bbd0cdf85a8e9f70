import { assertEquals, assertLessOrEqual } from "@std/assert";
import { renderStagesReport } from "../../src/report/stages/report.ts";
import { storedEvaluation } from "../report/stages_sample.ts";
import { openBrowser, openPage, whyNoBrowser } from "./browser.ts";

const SCREENS = ".artifacts/screens";
const why = whyNoBrowser();

for (
  const [theme, width] of [["light", 1280], ["dark", 1280], ["light", 400], ["dark", 400]] as const
) {
  Deno.test({
    name: `the report of the stages fits and follows the theme: ${theme}, ${width} px`,
    ignore: why !== null,
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async () => {
      await Deno.mkdir(SCREENS, { recursive: true });
      const path = `${SCREENS}/stages.html`;
      const seeds = [1, 2, 3].flatMap((seed) =>
        ["combined", "chef"].map((dataset) => storedEvaluation(`run${seed}`, seed, dataset))
      );
      await Deno.writeTextFile(path, renderStagesReport({ evaluations: seeds }));
      const browser = await openBrowser();
      try {
        const { page, misdeeds } = await openPage(browser, path, { width, colorScheme: theme });
        const over = await page.evaluate<number>("document.documentElement.scrollWidth");
        assertLessOrEqual(over, width);
        const filled = await page.evaluate<number>(
          `Math.min(...[...document.querySelectorAll("#cost .beside, .charts .picture svg")].map(
            (part) => part.getBoundingClientRect().width / part.parentElement.clientWidth))`,
        );
        assertEquals(filled > 0.9, true, `the narrowest picture takes ${filled} of its card`);
        const paper = () =>
          page.evaluate<string>("getComputedStyle(document.querySelector('.picture text')).fill");
        const [dark, light] = ["rgb(232, 235, 239)", "rgb(27, 31, 36)"];
        assertEquals(await paper(), theme === "dark" ? dark : light);
        await page.evaluate<void>("document.getElementById('theme').click()");
        assertEquals(await paper(), theme === "dark" ? light : dark);
        await page.screenshot({ path: `${SCREENS}/stages-${theme}-${width}.png`, fullPage: true });
        assertEquals(misdeeds, { messages: [], requests: [] });
      } finally {
        await browser.close();
      }
    },
  });
}
