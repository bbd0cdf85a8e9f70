import { assertEquals, assertMatch } from "@std/assert";
import { openRuntime } from "../../src/run/runtime.ts";
import { startServer } from "../../src/serve/start_server.ts";
import { BASH, whyNoProgram } from "../programs.ts";

const TOKEN = "a-token-of-some-length";
const FOLDER = "examples/clients";

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function bash(script: string, env: Record<string, string> = {}): Promise<Ran> {
  const { code, stdout, stderr } = await new Deno.Command(BASH, {
    args: ["-c", script],
    env: { PYTHONDONTWRITEBYTECODE: "1", ...env },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

/** What asks, how it is started, and what tells whether it can be. */
const CLIENTS: readonly (readonly [string, (prompt: string) => string, string])[] = [
  ["curl.sh", (prompt) => `${FOLDER}/curl.sh ${prompt}`, "curl --version && sed --version"],
  ["client.py", (prompt) => `python3 ${FOLDER}/client.py ${prompt}`, "python3 --version"],
  ["client.mjs", (prompt) => `node ${FOLDER}/client.mjs ${prompt}`, "node --version"],
  [
    "langchain_tool.py",
    (prompt) =>
      `cd ${FOLDER} && python3 -c 'import json, sys; from langchain_tool import plan_prompt; ` +
      `print(json.dumps(plan_prompt.invoke({"prompt": sys.argv[1]})))' ${prompt}`,
    "python3 -c 'import langchain_core'",
  ],
  [
    "vercel_ai_tool.mjs",
    (prompt) =>
      `node --input-type=module -e 'const { planPrompt } = await import(` +
      `process.cwd() + "/${FOLDER}/vercel_ai_tool.mjs"); console.log(JSON.stringify(` +
      `await planPrompt.execute({ prompt: process.argv[1] })))' ${prompt}`,
    "node --input-type=module -e 'await import(\"ai\")'",
  ],
];

for (const [name, command, needs] of CLIENTS) {
  const why = whyNoProgram(BASH) ??
    ((await bash(needs)).code === 0 ? null : `skipped: ${needs} fails here`);
  // deno-lint-ignore no-console -- tests that did not run must say so
  if (why) console.log(`tests/ship ${name} ${why}`);
  Deno.test({
    name: `the example ${name} gets a plan, a refusal, and a problem in words`,
    ignore: why !== null,
    fn: async () => {
      await using runtime = await openRuntime({ backend: "wordmap" });
      await using server = await startServer(runtime, { port: 0, token: TOKEN });
      const env = { MICRO_LM_URL: server.url, MICRO_LM_TOKEN: TOKEN };
      const ask = async (prompt: string) => {
        const ran = await bash(command(`'${prompt}'`), env);
        assertEquals(ran.code, 0, ran.stderr);
        const { ok, reason } = JSON.parse(ran.stdout);
        return [ok, reason];
      };
      assertEquals(await ask("swap 2 ETH for USDC"), [true, "ok"]);
      assertEquals(await ask('please do not "swap" 2 ETH'), [false, "abstain_non_exec"]);
      const lost = await bash(command("x"), { ...env, MICRO_LM_TOKEN: "another" });
      assertEquals(lost.code === 0, false);
      assertMatch(lost.stdout + lost.stderr, /unauthorized/);
    },
  });
}
