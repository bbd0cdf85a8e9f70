// Asks a server of micro-lm from Node 18 and later, without a package. MICRO_LM_URL and MICRO_LM_TOKEN
// say where it is and what it asks for.
import process from "node:process";

const { MICRO_LM_URL = "http://127.0.0.1:8088", MICRO_LM_TOKEN = "" } = process.env;

/** Posts a body and returns the answer; a problem becomes an error that says what to do. */
export async function ask(path, body) {
  const response = await fetch(MICRO_LM_URL + path, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${MICRO_LM_TOKEN}` },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(10_000),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${answer.code}: ${answer.detail ?? answer.title}`);
  return answer;
}

if (process.argv[1] && import.meta.url.endsWith(process.argv[1].split("/").at(-1))) {
  const prompt = process.argv[2] ?? "swap 2 ETH for USDC";
  const { ok, reason, sequence } = await ask("/v1/run", {
    prompt,
    context: { oracle: { age_sec: 5 } },
  });
  // Carry out a plan only if ok is true
  process.stdout.write(`${JSON.stringify({ ok, reason, sequence })}\n`);
}
