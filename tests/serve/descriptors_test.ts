import { assert, assertEquals } from "@std/assert";
import { posted } from "./serving.ts";

const MOST_FILES = 160;

Deno.test({
  name: `a server that may open ${MOST_FILES} files gets over 400 connections and serves on`,
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const command = [
      `ulimit -n ${MOST_FILES}; exec deno run --no-prompt --no-check --frozen --allow-read=.`,
      "--allow-net=127.0.0.1 --allow-env tasks/serve.ts --port 0 --backend wordmap --quiet",
    ].join(" ");
    const child = new Deno.Command("/bin/bash", {
      args: ["-c", command],
      env: { NO_COLOR: "1" },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const stderr = new Response(child.stderr).text();
    const stdout = child.stdout.getReader();
    const { value } = await stdout.read();
    const [, url] = /Listening on (\S+)/.exec(new TextDecoder().decode(value)) ?? [];
    assert(url !== undefined, "The server says where it listens");
    const { hostname, port } = new URL(url);
    const ask = async () => {
      const response = await fetch(`${url}/v1/map`, posted({ prompt: "swap 2 ETH for USDC" }));
      await response.body?.cancel();
      return response.status;
    };
    assertEquals(await ask(), 200);
    const opened = await Promise.allSettled(
      Array.from({ length: 400 }, () => Deno.connect({ hostname, port: Number(port) })),
    );
    await new Promise((resolve) => setTimeout(resolve, 300));
    for (const one of opened) if (one.status === "fulfilled") one.value.close();
    const end = performance.now() + 10_000;
    let status = 0;
    while (status !== 200 && performance.now() < end) {
      status = await ask().catch(() => 0);
      if (status !== 200) await new Promise((resolve) => setTimeout(resolve, 100));
    }
    assertEquals(status, 200);
    child.kill("SIGTERM");
    assertEquals((await child.status).code, 0);
    await stdout.cancel();
    for (const line of (await stderr).trim().split("\n")) JSON.parse(line);
  },
});
