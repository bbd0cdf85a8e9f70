import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { connect, readUntil, writeText } from "./serving.ts";

const TOKEN = "a-token-of-some-length";
const PERMISSIONS = [
  "--allow-read=.",
  "--allow-write=.cache",
  "--allow-net=127.0.0.1",
  "--ignore-env=LOG_TOKENS,LOG_STREAM",
  "--allow-env=MICRO_LM_TOKEN,MICRO_LM_MAPPER_PATH,MICRO_LM_MAPPER_THRESHOLD,MICRO_LM_PROFILE",
];

function spawnServer(args: readonly string[], env: Record<string, string> = {}): Deno.ChildProcess {
  return new Deno.Command("deno", {
    args: [
      "run",
      "--no-prompt",
      "--no-check",
      "--frozen",
      ...PERMISSIONS,
      "tasks/serve.ts",
      "--port",
      "0",
      ...args,
    ],
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Reads what a server says first: where it listens. */
async function urlOf(child: Deno.ChildProcess): Promise<string> {
  const reader = child.stdout.getReader();
  const { value } = await reader.read();
  await reader.cancel();
  const [, url] = /Listening on (\S+)/.exec(new TextDecoder().decode(value)) ?? [];
  assert(url !== undefined, "The server says where it listens");
  return url;
}

function mapRequest(body: string): RequestInit {
  return {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${TOKEN}` },
    body,
  };
}

Deno.test("the task serve serves the domain of a folder", async () => {
  const child = spawnServer(["--domain", "examples/home", "--backend", "wordmap"]);
  const stderr = new Response(child.stderr).text();
  const url = await urlOf(child);
  const ask = async (path: string) => {
    const body = JSON.stringify({ prompt: "turn off the fan" });
    return await (await fetch(`${url}${path}`, mapRequest(body))).json();
  };
  assertEquals((await ask("/v1/map")).label, "turn_off");
  const { domain, sequence } = await ask("/v1/run");
  assertEquals([domain, sequence], ["home", ["turn_off"]]);
  child.kill("SIGTERM");
  assertEquals((await child.status).code, 0);
  await stderr;
});

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  Deno.test(`the task serve stops on ${signal} and loses no request that it took`, async () => {
    const child = spawnServer(["--backend", "wordmap"], { MICRO_LM_TOKEN: TOKEN });
    const stderr = new Response(child.stderr).text();
    const url = await urlOf(child);
    const body = JSON.stringify({ prompt: "swap 2 ETH for USDC" });
    assertEquals((await fetch(`${url}/metrics`).then((r) => (r.body!.cancel(), r))).status, 401);

    using slow = await connect({ url });
    await writeText(
      slow,
      `POST /v1/map HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n` +
        `authorization: Bearer ${TOKEN}\r\ncontent-length: ${body.length}\r\n\r\n`,
    );
    let answered = 0;
    let isStopped = false;
    const client = async () => {
      while (!isStopped) {
        const response = await fetch(`${url}/v1/map`, mapRequest(body)).catch(() => null);
        if (response?.status === 200 && (await response.text()).includes("swap_asset")) answered++;
        else await response?.body?.cancel();
      }
    };
    const clients = Array.from({ length: 8 }, client);
    await new Promise((resolve) => setTimeout(resolve, 200));
    child.kill(signal);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await writeText(slow, body);
    assertMatch(await readUntil(slow, /mapper_sha256/), /^HTTP\/1.1 200/);
    assertEquals((await child.status).code, 0);
    isStopped = true;
    await Promise.all(clients);

    const entries = (await stderr).trimEnd().split("\n").map((line) => JSON.parse(line));
    const done = entries.filter(({ status }) => status === 200).length;
    assert(answered > 0);
    assertEquals(done, answered + 1);
    const events = entries.map(({ event }) => event).filter((event) => event !== "request");
    assertEquals(events, ["listening", "stopping", "stopped"]);
    assert(!JSON.stringify(entries).includes("swap"));
  });
}

const REFUSED: readonly (readonly [
  readonly string[],
  number,
  string,
  Record<string, string>?,
])[] = [
  [
    ["--backend", "wordmap", "--host", "0.0.0.0"],
    77,
    "No permission to listen on 0.0.0.0: deno task serve:public has it",
    { MICRO_LM_TOKEN: TOKEN },
  ],
  [["--backend", "wordmap", "--host", "127.0.0.2"], 77, "--allow-net="],
  [["--backend", "wordmap", "--host", "0.0.0.0"], 64, "without a token"],
  [["--mapper_path", "nowhere.json"], 66, 'Cannot find "nowhere.json"'],
  [
    ["--config", "a.json", "--mapper_path", "b.json"],
    64,
    "Expected --config or --mapper_path, got both",
  ],
  [["--port", "70000"], 64, "from 0 to 65535"],
  [["--backend", "wordmap", "--policy", '{"ltv_maxx":1}'], 64, 'did you mean "ltv_max"'],
  [["--backend", "wordmap", "--open_keys", "ltvmax"], 64, "Expected a key of the policy to open"],
  [["--backend", "wordmap", "--context", "@nowhere.json"], 66, 'Cannot find "nowhere.json"'],
];

for (const [args, expected, text, env] of REFUSED) {
  Deno.test(`the task serve refuses ${args.join(" ")}${env ? " with a token" : ""}`, async () => {
    const { code, stderr } = await spawnServer(args, env).output();
    assertStringIncludes(new TextDecoder().decode(stderr), text);
    assertEquals(code, expected);
  });
}

Deno.test("the task serve ends on SIGTERM although nobody reads its log", async () => {
  const child = spawnServer(["--backend", "wordmap"], { MICRO_LM_TOKEN: TOKEN });
  const url = await urlOf(child);
  const body = JSON.stringify({ prompt: "x" });
  const client = async () => {
    for (let n = 0; n < 250; n++) await (await fetch(`${url}/v1/map`, mapRequest(body))).text();
  };
  // 2,000 lines of 200 bytes are more than a pipe holds
  await Promise.all(Array.from({ length: 8 }, client));
  const start = performance.now();
  child.kill("SIGTERM");
  assertEquals((await child.status).code, 0);
  assert(performance.now() - start < 5000);
  await child.stderr.cancel();
});

Deno.test("the task serve takes the operator's policy and facts from files", async () => {
  const folder = ".artifacts/serve_task_test";
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(`${folder}/policy.json`, '{"ltv_max": 0.3}');
  const facts = (debt: number) =>
    Deno.writeTextFile(
      `${folder}/facts.json`,
      JSON.stringify({
        oracle: { age_sec: 1, max_age_sec: 30 },
        positions: { collateral_value: 1000, debt_value: debt },
        prices: { USDC: 1 },
      }),
    );
  await facts(0);
  const files = ["--policy", `@${folder}/policy.json`, "--context", `@${folder}/facts.json`];
  const child = spawnServer(["--backend", "wordmap", ...files], { MICRO_LM_TOKEN: TOKEN });
  const stderr = new Response(child.stderr).text();
  const url = await urlOf(child);
  const reason = async (policy: unknown) => {
    const request = { prompt: "borrow 200 USDC from aave", policy };
    return (await (await fetch(`${url}/v1/run`, mapRequest(JSON.stringify(request)))).json())
      .reason;
  };
  assertEquals(await reason({ ltv_max: 1 }), "ok");
  assertEquals(await reason({ ltv_max: 0.1 }), "ltv");
  await facts(150);
  assertEquals(await reason({ ltv_max: 1 }), "ltv");
  child.kill("SIGTERM");
  await Promise.all([child.status, stderr]);
  await Deno.remove(folder, { recursive: true });
});
