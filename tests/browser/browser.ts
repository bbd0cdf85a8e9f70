import fs from "node:fs";
import { type Browser, loadChromium, type Page } from "./playwright.ts";

const CHROMIUM = "/usr/bin/chromium";

/** Why no browser can be driven here; null if one can. */
export function whyNoBrowser(): string | null {
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

/** What a page did that it should not. */
export interface Misdeeds {
  /** Messages on the console and uncaught errors. */
  readonly messages: string[];
  /** Addresses that it asked for, beside its own file. */
  readonly requests: string[];
}

/** Opens a file and waits until its charts are drawn; no request gets through. */
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
    if (route.request().url() === url) return route.continue();
    misdeeds.requests.push(route.request().url());
    return route.abort();
  });
  await page.goto(url);
  await page.waitForSelector("html[data-ready]", { timeout: 30_000 });
  return { page, misdeeds };
}
