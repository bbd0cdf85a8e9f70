import { assertEquals } from "@std/assert";

Deno.test("the examples of docs/guides/guards.md hold", async () => {
  const { code, stderr, stdout } = await new Deno.Command("deno", {
    args: ["test", "--doc", "--frozen", "--allow-read=.", "docs/guides/guards.md"],
    env: { NO_COLOR: "1" },
  }).output();
  const text = new TextDecoder();
  assertEquals(code, 0, text.decode(stdout) + text.decode(stderr));
  assertEquals(/ok \| [1-9]\d* passed/.test(text.decode(stdout)), true);
});
