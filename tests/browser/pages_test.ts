import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import { openRuntime } from "../../src/run/runtime.ts";
import { runNgfBench } from "../../src/rails/mod.ts";
import { readPlotly, renderArcPage, renderNgfReport } from "../../src/report/mod.ts";
import { auditPage, comparePage, stagesPage } from "../report/page_samples.ts";
import { axeFaults, browserTest, openPage, until } from "./browser.ts";

const FOLDER = ".artifacts/screens";
const MOST_BYTES = 2_000_000;

/** Every kind of page but that of a sweep, from little data. */
const PAGES: Readonly<Record<string, (plotly: string) => string | Promise<string>>> = {
  audit: auditPage,
  compare: (plotly) => comparePage(["a_mapper_with_a_long_name", "new"], plotly),
  ngf: (plotly) => {
    const few = { samples: 10, tuningSamples: 50, denoiseSamples: 2 };
    return renderNgfReport(runNgfBench(few), plotly);
  },
  stages: stagesPage,
  arc: async () => {
    await using runtime = await openRuntime({ domain: "arc", backend: "wordmap" });
    const grid = [[1, 2], [3, 4]];
    const prompt = "rotate it, then flip vertically, then paint 3 as 4";
    return renderArcPage(await runtime.run({ prompt, grid }), { grid });
  },
};

for (const [name, render] of Object.entries(PAGES)) {
  browserTest(
    `the page of ${name} is read by all at 1280 and 400 px, in light and dark, on paper`,
    async (browser) => {
      await Deno.mkdir(FOLDER, { recursive: true });
      const path = `${FOLDER}/${name}.html`;
      await Deno.writeTextFile(path, await render(await readPlotly()));
      assertLessOrEqual(Deno.statSync(path).size, MOST_BYTES);
      for (const colorScheme of ["light", "dark"] as const) {
        for (const width of [1280, 400]) {
          const { page, misdeeds } = await openPage(browser, path, { width, colorScheme });
          assertEquals(await axeFaults(page), []);
          const wide = await page.evaluate<number>("document.documentElement.scrollWidth");
          assertLessOrEqual(wide, width);
          // Cards of a pair are of one height
          const uneven = await page.evaluate<number>(
            `[...document.querySelectorAll(".charts section")]
            .filter((card, i, cards) => cards.some((other) =>
              other.offsetTop === card.offsetTop && other.offsetHeight !== card.offsetHeight)).length`,
          );
          assertEquals(uneven, 0);
          const paper = "getComputedStyle(document.body).backgroundColor";
          const before = await page.evaluate<string>(paper);
          await page.focus("#theme");
          await page.keyboard.press("Enter");
          await until(page, `${paper} !== ${JSON.stringify(before)}`);
          await page.emulateMedia({ media: "print" });
          assert((await page.pdf({ format: "A4" })).length > 5000);
          assertEquals([misdeeds.messages, misdeeds.requests], [[], []]);
          await page.close();
        }
      }
    },
  );
}
