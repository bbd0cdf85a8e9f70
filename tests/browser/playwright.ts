/** What the tests use of playwright-core, whose package only `deno task test:browser` downloads. */

/** A browser that the tests drive. */
export interface Browser {
  newPage(options: {
    readonly viewport: { readonly width: number; readonly height: number };
    readonly colorScheme: "light" | "dark";
  }): Promise<Page>;
  close(): Promise<void>;
}

/** One element or several, found when they are asked. */
export interface Locator {
  count(): Promise<number>;
  focus(): Promise<void>;
  hover(options: { readonly position: { readonly x: number; readonly y: number } }): Promise<void>;
  textContent(): Promise<string | null>;
  allTextContents(): Promise<string[]>;
}

/** A page of a browser. */
export interface Page {
  on(event: "console", listener: (message: { text(): string }) => void): void;
  on(event: "pageerror", listener: (error: Error) => void): void;
  route(pattern: string, handler: (route: Route) => Promise<void>): Promise<void>;
  goto(url: string): Promise<unknown>;
  waitForSelector(selector: string, options: { readonly timeout: number }): Promise<unknown>;
  evaluate<T>(expression: string): Promise<T>;
  locator(selector: string, options?: { readonly hasText: string }): Locator;
  focus(selector: string): Promise<void>;
  setViewportSize(size: { readonly width: number; readonly height: number }): Promise<void>;
  emulateMedia(options: { readonly media: "print" | "screen" }): Promise<void>;
  pdf(options: { readonly format: string }): Promise<Uint8Array>;
  setContent(html: string): Promise<void>;
  screenshot(options: {
    readonly path?: string;
    readonly fullPage: boolean;
  }): Promise<Uint8Array>;
  close(): Promise<void>;
  readonly keyboard: {
    press(key: string): Promise<void>;
    type(text: string): Promise<void>;
  };
}

/** A request that a page wants to make. */
interface Route {
  request(): { url(): string };
  continue(): Promise<void>;
  abort(): Promise<void>;
}

/** Spelt so that the packages are no dependencies of anything else: `deno.browser.lock` pins them. */
const PACKAGE: string = ["npm:playwright-core", "1.65.1"].join("@");
const AXE: string = ["npm:axe-core", "4.14.1"].join("@");

/** The source of axe, which looks for what keeps people out of a page. */
export async function readAxe(): Promise<string> {
  const { default: axe } = await import(AXE);
  return axe.source;
}

/** Loads the package. */
export async function loadChromium(): Promise<{
  launch(options: {
    readonly executablePath: string;
    readonly args: readonly string[];
  }): Promise<Browser>;
}> {
  const { chromium } = await import(PACKAGE);
  return chromium;
}
