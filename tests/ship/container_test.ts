import { assert, assertEquals, assertMatch } from "@std/assert";
import { dirname } from "node:path/posix";
import { parse } from "yaml";
import { openRuntime } from "../../src/run/runtime.ts";
import { startServer } from "../../src/serve/start_server.ts";
import { ask, posted } from "../serve/serving.ts";
import { inTempFolder } from "../temp.ts";
import { walkFiles } from "../walk.ts";

const DOCKERFILE = Deno.readTextFileSync("ship/Dockerfile").replaceAll("\\\n", " ");
const TOKEN = "a-token-of-some-length";

/** What the lines of an instruction say. */
function instructions(name: string): string[] {
  return DOCKERFILE.split("\n").filter((line) => line.startsWith(`${name} `))
    .map((line) => line.slice(name.length + 1).trim());
}

/** The words of an instruction in its JSON form. */
function wordsOf(name: string): string[] {
  const [text] = instructions(name);
  return JSON.parse(text!.slice(text!.indexOf("[")));
}

const COPIED = instructions("COPY").flatMap((line) => line.split(/\s+/).slice(0, -1));

/** Does something in a folder that holds what the image holds, and nothing else. */
async function inImage(run: (folder: string) => Promise<void>): Promise<void> {
  await inTempFolder(async (folder) => {
    const files = COPIED.flatMap((source) =>
      Deno.statSync(source).isDirectory ? walkFiles(source, "") : [source]
    );
    for (const file of files) {
      await Deno.mkdir(dirname(`${folder}/${file}`), { recursive: true });
      await Deno.copyFile(file, `${folder}/${file}`);
    }
    await run(folder);
  });
}

/** Starts what the image starts, on any port. */
function start(folder: string, env: Record<string, string>): Deno.ChildProcess {
  const [program, ...args] = wordsOf("ENTRYPOINT");
  assertEquals(program, "deno");
  return new Deno.Command("deno", {
    args: [...args, "--port", "0", "--backend", "wordmap"],
    cwd: folder,
    env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

Deno.test("the image's server starts from what the image holds, and is found healthy", async () => {
  await inImage(async (folder) => {
    const child = start(folder, { MICRO_LM_TOKEN: TOKEN });
    const errors = new Response(child.stderr).text();
    const reader = child.stdout.getReader();
    const { value } = await reader.read();
    await reader.cancel();
    const [, port] = /Listening on http:\/\/0\.0\.0\.0:(\d+)/.exec(
      new TextDecoder().decode(value),
    ) ?? [];
    if (port === undefined) throw new Error(await errors);
    const health = wordsOf("HEALTHCHECK").map((word) => word.replace("8088", port));
    const check = () => new Deno.Command("deno", { args: health.slice(1) }).output();
    assertEquals((await check()).code, 0);
    const server = { url: `http://127.0.0.1:${port}` } as never;
    const { status, body } = await ask(
      server,
      "/v1/map",
      posted({ prompt: "swap 2 ETH for USDC" }, { authorization: `Bearer ${TOKEN}` }),
    );
    assertEquals([status, body.label], [200, "swap_asset"]);
    child.kill("SIGTERM");
    assertEquals((await child.status).code, 0);
    await errors;
    assertEquals((await check()).code === 0, false);
  });
});

Deno.test("the image's server does not start without a token", async () => {
  await inImage(async (folder) => {
    const { code, stderr } = await start(folder, { MICRO_LM_TOKEN: "" }).output();
    assertEquals(code, 64);
    assertMatch(new TextDecoder().decode(stderr), /without a token/);
  });
});

Deno.test("the image is made of Deno's own, at the pinned version, and runs as nobody special", () => {
  const [version] = /npx -y deno@([\d.]+)/.exec(Deno.readTextFileSync("README.md"))!.slice(1);
  assertEquals(instructions("FROM"), [`denoland/deno:${version}`]);
  assertEquals(instructions("USER"), ["deno"]);
  const ignored = Deno.readTextFileSync("ship/Dockerfile.dockerignore").trim().split("\n");
  assertEquals(ignored, ["*", ...COPIED.map((source) => `!${source}`)]);
  const workflow = Deno.readTextFileSync("ship/github/mapper.yaml");
  assertMatch(workflow, new RegExp(`deno-version: v${version}`.replaceAll(".", "\\.")));
});

Deno.test("the compose file locks the server up, and mounts files that are there", () => {
  const { services } = parse(Deno.readTextFileSync("ship/compose.yaml"));
  const { read_only, cap_drop, ports } = services["micro-lm"];
  assertEquals([read_only, cap_drop], [true, ["ALL"]]);
  for (const port of [...ports, ...services.grafana.ports]) assertMatch(port, /^127\.0\.0\.1:/);
  const mounts: string[] = [services.prometheus, services.grafana].flatMap(({ volumes }) =>
    volumes
  );
  for (const mount of mounts) Deno.statSync(`ship/${mount.split(":")[0]}`);
  const { scrape_configs: [job] } = parse(Deno.readTextFileSync("ship/monitoring/prometheus.yaml"));
  assertEquals(job.static_configs[0].targets, [`${job.job_name}:8088`]);
  assert("micro-lm" in services && instructions("EXPOSE")[0] === "8088");
});

Deno.test("the dashboard asks for numbers that the server has, under labels that they have", async () => {
  const { panels } = JSON.parse(Deno.readTextFileSync("ship/monitoring/dashboard.json"));
  const asked: string[] = panels.flatMap(({ targets }: { targets: { expr: string }[] }) =>
    targets.map(({ expr }) => expr)
  );
  await using runtime = await openRuntime({ backend: "wordmap" });
  await using server = await startServer(runtime, { port: 0 });
  await ask(server, "/v1/map", posted({ prompt: "stake 5 SOL" }));
  await ask(server, "/v1/run", posted({ prompt: "stake 5 SOL" }));
  await ask(server, "/metrics");
  const { body } = await ask(server, "/metrics");
  const text = body as string;
  for (const expr of asked) {
    for (const [name] of expr.matchAll(/micro_lm_\w+/g)) {
      const family = name.replace(/_(bucket|sum|count)$/, "");
      assert(text.includes(`# TYPE ${family} `), name);
    }
    for (const [, label] of expr.matchAll(/(?:by \(|\{)(\w+)/g)) {
      // Nobody was refused here: the label of that family is not there yet
      if (label === "code") continue;
      assertMatch(text, new RegExp(`[{,]${label}="`), label);
    }
  }
});
