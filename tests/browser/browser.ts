import fs from "node:fs";
import { type Browser, loadChromium, type Page, readAxe } from "./playwright.ts";

const CHROMIUM = "/usr/bin/chromium";

/** Why no browser can be driven here; null if one can. */
function whyNoBrowser(): string | null {
  const run = { name: "run", command: CHROMIUM } as const;
  if (Deno.permissions.querySync(run).state !== "granted") {
    return `skipped: no permission to run ${CHROMIUM}, see deno task test:browser`;
  }
  try {
    Deno.statSync(CHROMIUM);
    return null;
  } catch {
    return "skipped: no chromium";
  }
}

/** Starts a headless Chromium. */
export async function openBrowser(): Promise<Browser> {
  // playwright-core looks for /proc/sys/fs/binfmt_misc/WSLInterop as it loads. Deno shows /proc to
  // programs with all permissions only, and this one shall not have them: such a file is not there.
  const exists = fs.existsSync;
  fs.existsSync = (path) => {
    try {
      return exists(path);
    } catch {
      return false;
    }
  };
  try {
    const chromium = await loadChromium();
    // As root, in containers, Chromium has no sandbox to offer; the pages are our own.
    return await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
  } finally {
    fs.existsSync = exists;
  }
}

/** A test with a browser, or none where there is no browser. */
export function browserTest(name: string, run: (browser: Browser) => Promise<void>): void {
  Deno.test({
    name,
    ignore: WHY !== null,
    fn: async () => {
      const browser = await openBrowser();
      try {
        await run(browser);
      } finally {
        await browser.close();
      }
    },
    // The connection to the browser ends a moment after its close is reported.
    sanitizeOps: false,
    sanitizeResources: false,
  });
}

const WHY = whyNoBrowser();
// deno-lint-ignore no-console -- tests that did not run must say so
if (WHY) console.log(`tests/browser ${WHY}`);

/** Waits until an expression is true. Playwright's own wait evaluates in the page, which forbids it. */
export async function until(page: Page, expression: string): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if (await page.evaluate<boolean>(expression)) return;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`Never came true: ${expression}`);
}

/** What axe finds wrong with a page for people who do not see it, or use no mouse. */
export async function axeFaults(page: Page): Promise<string[]> {
  await page.evaluate(await readAxe());
  return await page.evaluate<string[]>(`axe.run().then(({ violations }) =>
    violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ": " + html)))`);
}

/** What a page did that it should not. */
export interface Misdeeds {
  /** Messages on the console and uncaught errors. */
  readonly messages: string[];
  /** Addresses that it asked for, beside its own file. */
  readonly requests: string[];
}

/** Opens a file, or a page of a server, and waits until it is drawn; no request to elsewhere gets through. */
export async function openPage(
  browser: Browser,
  path: string,
  options: { readonly width: number; readonly colorScheme: "light" | "dark" },
): Promise<{ page: Page; misdeeds: Misdeeds }> {
  const page = await browser.newPage({
    viewport: { width: options.width, height: 900 },
    colorScheme: options.colorScheme,
  });
  const misdeeds: Misdeeds = { messages: [], requests: [] };
  page.on("console", (message) => misdeeds.messages.push(message.text()));
  page.on("pageerror", (error) => misdeeds.messages.push(String(error)));
  const url = new URL(path, `file://${Deno.cwd()}/`).href;
  await page.route("**/*", (route) => {
    const asked = route.request().url();
    if (asked === url || (url.startsWith("http") && asked.startsWith(url))) return route.continue();
    misdeeds.requests.push(asked);
    return route.abort();
  });
  await page.goto(url);
  // Pages without a chart are drawn when they are there
  await until(
    page,
    `!document.querySelector(".plot, #ask") || !!document.documentElement.dataset.ready`,
  );
  return { page, misdeeds };
}
