import { assertEquals, assertStringIncludes } from "@std/assert";
import { ask, posted, withServer } from "./serving.ts";

const MANY = (count: number, item: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => item(i)).join();

/** Bodies that are JSON, or nearly, the status, and what the answer says. */
const BODIES: readonly (readonly [string, number, string])[] = [
  ['{"prompt":"a","prompt":"b"}', 400, 'name \\"prompt\\" is there twice'],
  ['{"prompt":"a","policy":{"ltv_max":0.1,"ltv\\u005fmax":1}}', 400, "ltv_max"],
  ['{"prompt":"a","policy":{"__proto__":{"ltv_max":1}}}', 422, "body.policy.__proto__"],
  ['{"prompt":"a","policy":{"mapper":{"__proto__":{}}}}', 422, "__proto__"],
  ['{"__proto__":{"prompt":"a"}}', 422, "__proto__"],
  ['{"prompt":"a","constructor":1}', 422, "constructor"],
  ['{"prompt":"a","context":{"prices":{"__proto__":1}}}', 422, "__proto__"],
  ['{"prompt":"a","policy":[]}', 422, "policy"],
  ['{"prompt":"a","policy":{"mapper":[]}}', 422, "mapper"],
  ['{"prompt":"a","context":{"balances":[1]}}', 422, "balances"],
  ['{"prompt":["a"]}', 422, "prompt"],
  ['{"prompt":"a","policy":{"hf_min":1e999}}', 422, "hf_min"],
  ['{"prompt":"a","T":1e999}', 422, "T"],
  [`${"[".repeat(100_000)}`, 400, "parse"],
  [`{"prompt":"a","context":${'{"a":'.repeat(20)}1${"}".repeat(21)}`, 422, "nesting"],
  [`{"prompt":"a","policy":{${MANY(50_000, (i) => `"k${i}":1`)}}}`, 422, "Unknown key"],
  [`{"prompt":"a","context":{"prices":{${MANY(50_000, (i) => `"A${i}":1`)}}}}`, 200, "prompt"],
  ['{"prompt":"\\ud800"}', 200, "reason"],
  ['{"prompt":"deposit 1 constructor"}', 200, "reason"],
  ['{"prompt":"swap 0/0 ETH for 1e999 toString"}', 200, "reason"],
  [`{"prompt":"deposit 1e${"9".repeat(500)} ETH"}`, 200, "reason"],
];

for (const [body, status, says] of BODIES) {
  Deno.test(`POST /v1/run of ${body.slice(0, 70)} is answered with ${status}`, async () => {
    await withServer({}, async (server) => {
      const answer = await ask(server, "/v1/run", posted(body));
      assertEquals(answer.status, status, JSON.stringify(answer.body).slice(0, 300));
      assertStringIncludes(JSON.stringify(answer.body), says);
    });
  });
}
