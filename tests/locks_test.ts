import { assertEquals } from "@std/assert";

interface Lock {
  readonly npm: Readonly<Record<string, { readonly integrity: string }>>;
}

const read = (path: string) => JSON.parse(Deno.readTextFileSync(path)) as Lock;

for (const path of ["deno.native.lock", "deno.browser.lock"]) {
  Deno.test(`${path} pins all that deno.lock pins, and one engine more`, () => {
    const { npm } = read(path);
    for (const [name, { integrity }] of Object.entries(read("deno.lock").npm)) {
      assertEquals(npm[name]?.integrity, integrity, name);
    }
    const engine = path === "deno.native.lock" ? "onnxruntime-node@" : "playwright-core@";
    assertEquals(Object.keys(npm).filter((name) => name.startsWith(engine)).length, 1);
  });
}
