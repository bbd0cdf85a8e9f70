/**
 * Photographs every kind of page at two widths in two themes, puts the pictures into one, and prints what
 * each page weighs and how soon something of it is seen. The pages come from the commands of
 * `docs/guides/reports.md`.
 */
import { openRuntime } from "../../src/run/runtime.ts";
import { startServer } from "../../src/serve/start_server.ts";
import { openBrowser, openPage, until } from "./browser.ts";
import type { Browser } from "./playwright.ts";

const FOLDER = ".artifacts/pages";
const OUT = "docs/contact_sheet.png";
const SCREENS = ".artifacts/screens";
const PAGES = [
  ["sweep", `${FOLDER}/certificate.html`],
  ["compare", `${FOLDER}/compare.html`],
  ["audit", `${FOLDER}/audit/report.html`],
  ["ngf", `${FOLDER}/ngf/report.html`],
  ["stages", `${FOLDER}/stages.html`],
  ["arc", `${FOLDER}/arc.html`],
] as const;
const VIEWS = [[1280, "light"], [1280, "dark"], [400, "light"], [400, "dark"]] as const;

interface Picture {
  readonly name: string;
  readonly width: number;
  readonly data: string;
}

function base64(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

async function photograph(browser: Browser, name: string, address: string): Promise<Picture[]> {
  const pictures: Picture[] = [];
  const size = address.startsWith("http")
    ? (await (await fetch(address)).arrayBuffer()).byteLength
    : Deno.statSync(address).size;
  for (const [width, colorScheme] of VIEWS) {
    const { page, misdeeds } = await openPage(browser, address, { width, colorScheme });
    if (address.startsWith("http")) {
      await page.evaluate(`document.querySelectorAll("#examples button")[0].click()`);
      await until(page, `!document.querySelector("#answer").hidden`);
    }
    await until(page, `performance.getEntriesByName("first-contentful-paint").length > 0`);
    const paint = await page.evaluate<number>(
      `performance.getEntriesByName("first-contentful-paint")[0].startTime`,
    );
    const path = `${SCREENS}/page-${name}-${width}-${colorScheme}.png`;
    const bytes = await page.screenshot({ path, fullPage: true });
    pictures.push({ name: `${name}, ${width}, ${colorScheme}`, width, data: base64(bytes) });
    const wide = await page.evaluate<number>("document.documentElement.scrollWidth");
    // deno-lint-ignore no-console -- its output is the table
    console.log(
      [
        ...[name, width, colorScheme, `${(size / 1e6).toFixed(2)} MB`, `${paint.toFixed(0)} ms`],
        ...[wide > width ? `${wide} px wide` : "fits", `${misdeeds.messages.length} messages`],
      ].join("\t"),
    );
    await page.close();
  }
  return pictures;
}

/** One page with all pictures, as a picture. */
async function compose(browser: Browser, pictures: readonly Picture[]): Promise<Uint8Array> {
  const page = await browser.newPage({
    viewport: { width: 1000, height: 900 },
    colorScheme: "light",
  });
  const cells = pictures.map(({ name, width, data }) =>
    `<figure style="margin:0;width:${width > 400 ? 36 : 12}%"><figcaption>${name}</figcaption>` +
    `<div style="max-height:${width > 400 ? 500 : 560}px;overflow:hidden;border:1px solid #ccc">` +
    `<img style="width:100%" src="data:image/png;base64,${data}"></div></figure>`
  );
  await page.setContent(
    `<body style="margin:12px;font:13px system-ui"><div style="display:flex;flex-wrap:wrap;` +
      `gap:10px 1.3%;align-items:start">${cells.join("")}</div>`,
  );
  return await page.screenshot({ fullPage: true });
}

const browser = await openBrowser();
await using runtime = await openRuntime({ backend: "wordmap" });
await using server = await startServer(runtime, { port: 0, playground: {} });
const pictures: Picture[] = [];
for (const [name, path] of [["playground", `${server.url}/`], ...PAGES] as const) {
  pictures.push(...await photograph(browser, name, path));
}
await Deno.writeFile(OUT, await compose(browser, pictures));
await browser.close();
