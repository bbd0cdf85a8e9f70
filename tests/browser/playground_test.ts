import { assertEquals, assertLessOrEqual, assertMatch } from "@std/assert";
import { openRuntime } from "../../src/run/runtime.ts";
import type { PlaygroundOptions } from "../../src/serve/ui/playground.ts";
import { startServer, type StartServerOptions } from "../../src/serve/start_server.ts";
import { HOSTILE } from "../report/html_sample.ts";
import { axeFaults, browserTest, openPage, until } from "./browser.ts";
import type { Browser, Page } from "./playwright.ts";

const SCREENS = ".artifacts/screens";
const ROWS: PlaygroundOptions = {
  rows: { confidence: [9000, 6000, 4000, 9900], margin: [8000, 2000, 1000, 9800], verdict: "+x+-" },
  rowsFrom: "rows.csv",
};
const TOKEN = "a-token-that-is-long-enough-0123456789";

/** Opens the playground of a server with the keyword mapper. */
async function withPlayground(
  browser: Browser,
  options: StartServerOptions & { width?: number; colorScheme?: "light" | "dark" },
  run: (page: Page) => Promise<void>,
): Promise<void> {
  const { width = 1280, colorScheme = "light", ...served } = options;
  await using runtime = await openRuntime({ backend: "wordmap" });
  await using server = await startServer(runtime, { port: 0, playground: ROWS, ...served });
  const { page, misdeeds } = await openPage(browser, `${server.url}/`, { width, colorScheme });
  await run(page);
  // Chromium itself says which requests the server refused
  const messages = misdeeds.messages.filter((text) => !/status of 4(01|13|22)/.test(text));
  assertEquals([messages, misdeeds.requests], [[], []]);
  await page.close();
}

async function type(page: Page, id: string, text: string): Promise<void> {
  await page.focus(id);
  await page.keyboard.type(text);
}

/** Types a prompt and presses Enter. */
async function decide(page: Page, prompt: string): Promise<string> {
  await page.evaluate(`document.getElementById("prompt").value = ""`);
  await type(page, "#prompt", prompt);
  await page.keyboard.press("Enter");
  await until(page, `!document.querySelector("#ask button").disabled`);
  return (await page.locator("#verdict").textContent())!.trim();
}

for (
  const [colorScheme, width] of [["light", 1280], ["dark", 1280], ["light", 400], [
    "dark",
    400,
  ]] as const
) {
  browserTest(
    `the playground shows all of a decision: ${colorScheme}, ${width} px`,
    async (browser) => {
      await withPlayground(browser, { colorScheme, width }, async (page) => {
        assertEquals(await axeFaults(page), []);
        await type(page, "#context", '{"oracle": {"age_sec": 5}}');
        assertEquals(await decide(page, "swap 2 ETH for USDC then deposit it into aave"), "ok");
        assertEquals(await page.locator("#words mark.step").allTextContents(), [
          "swap 2 ETH for USDC1",
          "deposit it into aave2",
        ]);
        assertEquals(await page.locator("#plan li").allTextContents(), [
          "swap_asset · amount 2 · asset ETH · to_asset USDC",
          "deposit_asset · asset USDC · venue aave",
        ]);
        assertEquals(await page.locator("#bars li").count(), 8);
        assertEquals(await page.locator("#gates td").allTextContents(), Array(4).fill("passed"));
        await type(page, "#prompts", "stake 5 SOL\nplease don't borrow");
        await page.locator("#many button").focus();
        await page.keyboard.press("Enter");
        await until(page, `document.querySelectorAll("#results-body tr").length === 2`);
        assertEquals(await page.locator("#count").textContent(), "1 of 2 prompts lead to a plan.");
        assertEquals(await axeFaults(page), []);
        assertLessOrEqual(
          await page.evaluate<number>("document.documentElement.scrollWidth"),
          width,
        );
        await Deno.mkdir(SCREENS, { recursive: true });
        const path = `${SCREENS}/playground-${colorScheme}-${width}.png`;
        await page.screenshot({ path, fullPage: true });
      });
    },
  );
}

browserTest("an example fills in its prompt and context, and is decided", async (browser) => {
  await withPlayground(browser, {}, async (page) => {
    const click = async (number: number) => {
      await page.evaluate(`document.querySelectorAll("#examples button")[${number}].focus()`);
      await page.keyboard.press("Enter");
      await until(page, `!document.querySelector("#ask button").disabled`);
      return (await page.locator("#verdict").textContent())!.trim();
    };
    assertEquals(await click(0), "ok");
    assertEquals(await click(1), "refused ltv");
    assertEquals(await page.evaluate(`document.getElementById("prompt").value`), "withdraw 5 ETH");
    assertEquals(await click(2), "refused abstain_non_exec (watch)");
  });
});

browserTest("sliders count the rows, and make requests stricter alone", async (browser) => {
  await withPlayground(browser, { policy: { mapper: { near_margin: 0.05 } } }, async (page) => {
    await type(page, "#context", '{"oracle": {"age_sec": 5}}');
    const rates = () => page.locator("#rates").textContent();
    assertMatch(
      (await rates())!,
      /^On 4 labelled .* coverage 75\.0%, wrong actions 25\.0% of all, 33/,
    );
    await page.focus("#margin");
    for (let i = 0; i < 20; i++) await page.keyboard.press("ArrowRight");
    assertMatch((await rates())!, /coverage 25\.0%, wrong actions 0\.0% of all, 0\.0%/);
    await page.keyboard.press("Home");
    await decide(page, "swap 2 ETH for USDC");
    assertMatch((await page.locator("#ignored").textContent())!, /near_margin stays 0\.05/);
    await page.focus("#threshold");
    await page.keyboard.press("End");
    assertEquals(await decide(page, "swap 2 ETH for USDC"), "refused low_confidence");
  });
});

browserTest("hostile prompts are text in the playground", async (browser) => {
  await withPlayground(browser, {}, async (page) => {
    const lines = HOSTILE.map((text) => text.replaceAll("\n", " ")).filter((text) => text.trim());
    for (const text of lines.slice(0, 4)) await decide(page, `swap 2 ETH for ${text}`);
    await page.evaluate(
      `document.getElementById("prompts").value = ${JSON.stringify(lines.join("\n"))}`,
    );
    await page.locator("#many button").focus();
    await page.keyboard.press("Enter");
    await until(page, `document.querySelectorAll("#results-body tr").length > 3`);
    assertEquals(await page.evaluate("typeof globalThis.hacked"), "undefined");
    assertEquals(await page.locator("main img, main script, main a, main svg").count(), 0);
  });
});

browserTest(
  "the playground answers to the keyboard alone, and says what is wrong",
  async (browser) => {
    await withPlayground(browser, { token: TOKEN }, async (page) => {
      const reached: string[] = [];
      for (let i = 0; i < 14; i++) {
        await page.keyboard.press("Tab");
        reached.push(
          await page.evaluate<string>(
            `(({ id, tagName, textContent }) => id || tagName + " " + textContent)(document.activeElement)`,
          ),
        );
      }
      const examples = ["swap 2 ETH for USDC", "withdraw 5 ETH", "check balance"];
      const order = [
        "theme",
        ...examples.map((prompt) => `BUTTON ${prompt}`),
        ...["token", "prompt", "threshold", "margin", "context", "BUTTON Decide"],
      ];
      assertEquals(reached.slice(1, 1 + order.length), order);
      await decide(page, "stake 5 SOL");
      assertMatch((await page.locator("#error").textContent())!, /bearer token/i);
      await page.evaluate(`document.getElementById("token").value = "${TOKEN}"`);
      assertEquals(await decide(page, "stake 5 SOL"), "ok");
      assertEquals(await page.locator("#error:visible").count(), 0);
      await type(page, "#context", "{");
      await decide(page, "stake 5 SOL");
      assertMatch((await page.locator("#error").textContent())!, /^The context is no JSON/);
      const before = await page.evaluate<string>("getComputedStyle(document.body).backgroundColor");
      await page.focus("#theme");
      await page.keyboard.press("Enter");
      await until(page, `getComputedStyle(document.body).backgroundColor !== "${before}"`);
      assertEquals(await page.locator("#theme").textContent(), "Light theme");
    });
  },
);
