import { assert, assertEquals } from "@std/assert";
import { dirname, normalize } from "node:path/posix";
import { walkFiles } from "../walk.ts";

const PAGES = [
  "README.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  ...walkFiles("docs", ".md"),
  ...walkFiles("fixtures", ".md"),
];

/** The text of a page without its code. */
const proseOf = (path: string) =>
  Deno.readTextFileSync(path).replace(/^```[\s\S]*?^```/gm, "").replace(/`[^`\n]*`/g, "");

/** What a heading is called in links, as the sites that show Markdown make it. */
function anchorsOf(path: string): Set<string> {
  const text = Deno.readTextFileSync(path).replace(/^```[\s\S]*?^```/gm, "");
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, title]) => title!);
  return new Set(
    headings.map((title) =>
      title.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, "").replace(/ /g, "-")
    ),
  );
}

for (const page of PAGES) {
  Deno.test(`the links of ${page} lead somewhere`, () => {
    const broken: string[] = [];
    for (const [, target] of proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target!)) continue;
      const [file, anchor] = target!.split("#") as [string, string?];
      const path = file === "" ? page : normalize(`${dirname(page)}/${file}`);
      try {
        Deno.statSync(path);
      } catch {
        broken.push(target!);
        continue;
      }
      if (anchor !== undefined && !anchorsOf(path).has(anchor)) broken.push(target!);
    }
    assertEquals(broken, []);
  });
}

Deno.test("README.md is a page, and links to the figures", () => {
  const text = Deno.readTextFileSync("README.md");
  assert(new TextEncoder().encode(text).length <= 6144, `${text.length} characters`);
  assert(text.includes("docs/numbers.md"));
});
