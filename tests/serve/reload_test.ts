import { assert, assertEquals } from "@std/assert";
import { inTempFolder } from "../temp.ts";
import { posted } from "./serving.ts";

const LINUX = { ignore: Deno.build.os === "windows" };
const PROMPT = posted({ prompt: "swap 2 ETH for USDC" });

function spawn(policy: string): Deno.ChildProcess {
  return new Deno.Command("deno", {
    args: [
      ...["run", "--no-prompt", "--no-check", "--frozen", "--allow-read=.", "--allow-env"],
      ...["--allow-net=127.0.0.1", "tasks/serve.ts", "--port", "0", "--backend", "wordmap"],
      ...["--policy", `@${policy}`],
    ],
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** A server with a policy that a test changes, its clients, and the events of its log. */
async function serving(
  run: (server: {
    readonly url: string;
    readonly write: (threshold: number | string) => Promise<void>;
    readonly signal: (signal: Deno.Signal) => void;
    readonly event: (name: string) => Promise<Record<string, unknown>>;
    readonly ended: Promise<Deno.CommandStatus>;
  }) => Promise<void>,
): Promise<void> {
  await inTempFolder(async (folder) => {
    const path = `${folder}/policy.json`;
    const write = (threshold: number | string) =>
      Deno.writeTextFile(
        path,
        typeof threshold === "string"
          ? threshold
          : JSON.stringify({ mapper: { confidence_threshold: threshold } }),
      );
    await write(0.5);
    const child = spawn(path);
    const stdout = child.stdout.getReader();
    const { value } = await stdout.read();
    const [, url] = /Listening on (\S+)/.exec(new TextDecoder().decode(value)) ?? [];
    assert(url !== undefined);
    const events: Record<string, unknown>[] = [];
    const reading = (async () => {
      const lines = child.stderr.pipeThrough(new TextDecoderStream());
      let rest = "";
      for await (const text of lines) {
        const parts = (rest + text).split("\n");
        rest = parts.pop()!;
        events.push(...parts.map((line) => JSON.parse(line)));
      }
    })();
    const event = async (name: string) => {
      for (;;) {
        const at = events.findIndex((entry) => entry["event"] === name);
        if (at >= 0) return events.splice(at, 1)[0]!;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    };
    const signal = (name: Deno.Signal) => child.kill(name);
    await run({ url: url!, write, signal, event, ended: child.status });
    await child.status;
    await reading;
    await stdout.cancel();
  });
}

async function thresholdOf(url: string): Promise<number> {
  return (await (await fetch(`${url}/v1/map`, PROMPT)).json()).threshold;
}

Deno.test({
  name: "SIGHUP: 10 reloads among 16 clients lose no request; what cannot be read changes nothing",
  ...LINUX,
  fn: () =>
    serving(async ({ url, write, signal, event }) => {
      let isOver = false;
      const seen = new Set<number>();
      const faults: unknown[] = [];
      const clients = Array.from({ length: 16 }, async () => {
        while (!isOver) {
          const response = await fetch(`${url}/v1/map`, PROMPT).catch((error) => error);
          if (response.status !== 200) faults.push(response);
          else seen.add((await response.json()).threshold);
        }
      });
      const wanted = Array.from({ length: 10 }, (_, i) => 0.6 + i / 100);
      for (const threshold of wanted) {
        await write(threshold);
        signal("SIGHUP");
        await event("reloaded");
        assertEquals(await thresholdOf(url), threshold);
      }
      for (const broken of ["{", '{"mapper": {"confidence_threshold": 7}}', '{"x": 1}']) {
        await write(broken);
        signal("SIGHUP");
        assert(String((await event("reload_failed"))["message"]).length > 10);
        assertEquals(await thresholdOf(url), wanted.at(-1));
      }
      isOver = true;
      await Promise.all(clients);
      assertEquals(faults, []);
      for (const threshold of seen) assert([0.5, ...wanted].includes(threshold), `${threshold}`);
      signal("SIGTERM");
    }),
});

Deno.test({
  name: "SIGTERM in the middle of a reload ends the server with 0",
  ...LINUX,
  fn: () =>
    serving(async ({ write, signal, ended }) => {
      await write(0.7);
      for (let i = 0; i < 5; i++) signal("SIGHUP");
      signal("SIGTERM");
      const { code } = await ended;
      assertEquals(code, 0);
    }),
});
