import { assert, assertEquals } from "@std/assert";
import { openDomain } from "../../../src/domains/registry.ts";
import { mapLabels, readLabeledCsv } from "../../../src/data/dataset.ts";
import { saveWdd } from "../../../src/rails/wdd/file.ts";
import { fitRails } from "../../../src/run/fit_rails.ts";
import { checkRunRecord } from "../../../src/run/record/schema.ts";
import { openRuntime } from "../../../src/run/runtime.ts";
import { startServer } from "../../../src/serve/start_server.ts";
import { inTempFolder } from "../../temp.ts";
import { ask, posted } from "../../serve/serving.ts";

const HOME = "examples/home";
const context = { owner_home: true, alarm_armed: false, quiet_hours: false };

Deno.test("rails look at the runs of a folder's domain, also over HTTP", async () => {
  await inTempFolder(async (folder) => {
    const domain = await openDomain(HOME);
    const raw = await readLabeledCsv(`${HOME}/fixtures/train.csv`);
    const data = mapLabels(raw, (label) => domain.canonicalLabel(label));
    const evidencePath = `${folder}/home_wdd.json`;
    await saveWdd(evidencePath, await fitRails(data, domain));
    await using runtime = await openRuntime({ domain: HOME, backend: "wordmap", evidencePath });
    const prompt = "turn on the lights in the kitchen";
    const record = checkRunRecord(await runtime.run({ prompt, context }));
    assertEquals(record.verify.tags, ["rails:stage10", "wdd:on", "audit:wdd"]);
    assertEquals(record.artifacts.wdd!.channels.length, domain.primitives.length);
    const gate = { audit: { gate: true, z_refute: 1e9 } };
    const stopped = await runtime.run({ prompt, context, policy: gate });
    assertEquals([stopped.ok, stopped.reason], [false, "wdd:below_gates"]);

    await using server = await startServer(runtime, { port: 0 });
    const asked = { prompt, context, rails: "stage11", T: 100 };
    const { status, body } = await ask(server, "/v1/run", posted(asked));
    assertEquals([status, body.verify.tags[0]], [200, "rails:stage11"]);
    // Callers get the nearest of a few T: each is calibrated once
    assertEquals([body.T, body.artifacts.wdd.T], [90, 90]);
    assert(body.artifacts.wdd.channels.some((one: { spans: unknown[] }) => one.spans.length > 0));
  });
});
