import { assert } from "@std/assert";
import fc from "fast-check";
import { openRuntime, type OpenRuntimeOptions } from "../../src/run/runtime.ts";
import { PROBLEM_BODY } from "../../src/serve/http_problem.ts";
import { startServer } from "../../src/serve/start_server.ts";
import { bodies, type JsonSchema } from "./openapi_bodies.ts";
import { ask, posted } from "./serving.ts";

const OPENED: readonly (readonly [string, OpenRuntimeOptions])[] = [
  ["defi", { backend: "wordmap" }],
  ["arc", { domain: "arc" }],
];
/** Bodies a path and domain: 3 × 2 × 400 = 2,400. */
const TRIES = 400;

for (const [name, options] of OPENED) {
  Deno.test(`no body that the document of a server of ${name} suggests makes it fail`, async () => {
    await using runtime = await openRuntime(options);
    await using server = await startServer(runtime, { port: 0 });
    const { body: document } = await ask(server, "/openapi.json");
    for (const [path, { post }] of Object.entries<{ post?: Operation }>(document.paths)) {
      if (!post) continue;
      const { $ref } = post.requestBody.content["application/json"].schema;
      const schema = document.components.schemas[$ref!.split("/").at(-1)!];
      const seen = new Map<number, number>();
      await fc.assert(
        fc.asyncProperty(bodies(schema), async (value) => {
          const { status, body } = await ask(server, path, posted(JSON.stringify(value)));
          seen.set(status, (seen.get(status) ?? 0) + 1);
          assert(String(status) in post.responses, `${path} does not document ${status}`);
          assert(status < 500, JSON.stringify(body));
          if (status !== 200) PROBLEM_BODY.parse(body);
        }),
        { numRuns: TRIES, seed: 24, endOnFailure: true },
      );
      const isMapped = path.startsWith("/v1/map") && name === "arc";
      for (const status of [isMapped ? 404 : 200, 422]) {
        assert((seen.get(status) ?? 0) > TRIES / 20, `${path}: ${JSON.stringify([...seen])}`);
      }
    }
  });
}

interface Operation {
  readonly requestBody: { readonly content: Record<"application/json", { schema: JsonSchema }> };
  readonly responses: Readonly<Record<string, unknown>>;
}
