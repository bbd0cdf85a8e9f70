import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { openRuntime, type OpenRuntimeOptions } from "../../src/run/runtime.ts";
import { PROBLEM_BODY } from "../../src/serve/http_problem.ts";
import { startServer } from "../../src/serve/start_server.ts";
import { bodies, type JsonSchema, valid } from "./openapi_bodies.ts";
import { ask, posted } from "./serving.ts";

const OPENED: readonly (readonly [string, OpenRuntimeOptions])[] = [
  ["defi", { backend: "wordmap" }],
  ["arc", { domain: "arc" }],
  ["a folder", { domain: "examples/home" }],
];
/** Bodies a path, domain and kind: 3 × 3 × 2 × 400 = 7,200. */
const TRIES = 400;

interface Operation {
  readonly requestBody: {
    readonly content: Record<"application/json", {
      readonly schema: JsonSchema;
      readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
    }>;
  };
  readonly responses: Readonly<Record<string, unknown>>;
}

/** What a body is answered with. */
interface Answered {
  readonly status: number;
  readonly code: string;
}

interface Asked {
  readonly path: string;
  readonly bodiesOf: Operation["requestBody"]["content"]["application/json"];
  readonly components: Readonly<Record<string, JsonSchema>>;
  /** Posts a value; fails where the answer is none that the document announces. */
  readonly post: (value: unknown) => Promise<Answered>;
}

/** Does something with each path of a server that takes a body, as its own document describes it. */
async function withPaths(
  options: OpenRuntimeOptions,
  run: (asked: Asked) => Promise<void>,
): Promise<void> {
  await using runtime = await openRuntime(options);
  await using server = await startServer(runtime, { port: 0 });
  const { body: document } = await ask(server, "/openapi.json");
  for (const [path, { post }] of Object.entries<{ post?: Operation }>(document.paths)) {
    if (!post) continue;
    const bodiesOf = post.requestBody.content["application/json"];
    await run({
      path,
      bodiesOf,
      components: document.components.schemas,
      post: async (value) => {
        const { status, body } = await ask(server, path, posted(JSON.stringify(value)));
        assert(String(status) in post.responses, `${path} does not document ${status}`);
        assert(status < 500, JSON.stringify(body));
        return { status, code: status === 200 ? "ok" : PROBLEM_BODY.parse(body).code };
      },
    });
  }
}

/** How a path is asked about many values, and the codes that came back. */
async function codesOf(
  values: fc.Arbitrary<unknown>,
  post: Asked["post"],
  check: (answered: Answered) => void = () => {},
): Promise<Map<string, number>> {
  const seen = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(values, async (value) => {
      const answered = await post(value);
      seen.set(answered.code, (seen.get(answered.code) ?? 0) + 1);
      check(answered);
    }),
    { numRuns: TRIES, seed: 24, endOnFailure: true },
  );
  return seen;
}

for (const [name, options] of OPENED) {
  const good = (path: string) => path !== "/v1/run" && name === "arc" ? "no_mapper" : "ok";

  Deno.test(`no body that the document of a server of ${name} suggests makes it fail`, async () => {
    await withPaths(options, async ({ path, bodiesOf, components, post }) => {
      const seen = await codesOf(bodies(bodiesOf.schema, components), post);
      for (const code of [good(path), "invalid_request"]) {
        assert((seen.get(code) ?? 0) > TRIES / 20, `${path}: ${JSON.stringify([...seen])}`);
      }
    });
  });

  Deno.test(`a server of ${name} refuses no body for its shape that its document admits`, async () => {
    await withPaths(options, async ({ path, bodiesOf, components, post }) => {
      const seen = await codesOf(valid(bodiesOf.schema, components), post, ({ code, status }) => {
        assert(status !== 400 && status !== 422, code);
      });
      // Most grids of random rows contradict themselves
      assert((seen.get(good(path)) ?? 0) > TRIES / 50, `${path}: ${JSON.stringify([...seen])}`);
    });
  });
}

Deno.test("the examples in the document are requests that lead to what the suites say", async () => {
  const EXPECTED = {
    defi: { swap_eth_usdc: "ok", withdraw_high_ltv: "ltv", nonexec_abstain: "abstain_non_exec" },
    arc: { turn_and_paint: "ok" },
  };
  for (const [name, reasons] of Object.entries(EXPECTED)) {
    const options = OPENED.find(([opened]) => opened === name)![1];
    await using runtime = await openRuntime(options);
    await withPaths(options, async ({ path, bodiesOf: { examples }, post }) => {
      assertEquals(Object.keys(examples!), Object.keys(reasons));
      for (const [example, reason] of Object.entries(reasons)) {
        const { value } = examples![example]!;
        if (path !== "/v1/run") {
          assertEquals((await post(value)).code, name === "arc" ? "no_mapper" : "ok");
          continue;
        }
        assertEquals((await post(value)).code, "ok");
        assertEquals((await runtime.run(value as never)).reason, reason);
      }
    });
  }
});

Deno.test("the examples of defi stand in the suites", async () => {
  const { cases } = JSON.parse(await Deno.readTextFile("fixtures/suites/edges.json"));
  await withPaths({ backend: "wordmap" }, ({ path, bodiesOf: { examples } }) => {
    if (path !== "/v1/run") return Promise.resolve();
    for (const [name, { value }] of Object.entries(examples!)) {
      const { id: _, expect: __, ...request } = cases.find(({ id }: { id: string }) => id === name);
      assertEquals(value, request);
    }
    return Promise.resolve();
  });
});
