import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { createRandom } from "../../src/core/random.ts";
import { type MonitoredScores, openMonitor, timeUniformRate } from "../../src/trust/monitor.ts";
import { inTempFolder, write } from "../temp.ts";
import { runTask } from "../tasks/run_task.ts";

function stream(seed: number, length: number, share: number): MonitoredScores[] {
  const random = createRandom(seed);
  return Array.from({ length }, () => {
    const isNew = random.uniform() < share;
    const confidence = (isNew ? 0.3 : 0.6) + 0.4 * random.uniform();
    return { confidence, fired: confidence > 0.65, order: random.uniform() };
  });
}

Deno.test("openMonitor() alarms in at most 5% of streams without a change", () => {
  let alarms = 0;
  for (let seed = 0; seed < 200; seed++) {
    const monitor = openMonitor(stream(seed, 150, 0), { seed });
    for (const row of stream(1000 + seed, 500, 0)) monitor.add(row);
    if (monitor.alarm !== null) alarms++;
  }
  assert(alarms <= 10, `${alarms} of 200`);
});

Deno.test("openMonitor() sees three in ten new prompts within 300, at the start or later", () => {
  for (const before of [0, 300]) {
    const monitor = openMonitor(stream(1, 300, 0));
    for (const row of stream(2, before, 0)) monitor.add(row);
    assertEquals(monitor.alarm, null);
    for (const row of stream(3, 300, 0.3)) monitor.add(row);
    assert(monitor.alarm! > before, `${monitor.alarm}`);
  }
});

Deno.test("timeUniformRate() covers a rate at all times at once", () => {
  let missed = 0;
  for (let seed = 0; seed < 200; seed++) {
    const random = createRandom(seed);
    let k = 0;
    let isOut = false;
    for (let n = 1; n <= 400; n++) {
      if (random.uniform() < 0.1) k++;
      const { ci_low, ci_high } = timeUniformRate(k, n);
      isOut ||= ci_low > 0.1 || ci_high < 0.1;
    }
    if (isOut) missed++;
  }
  assert(missed <= 10, `${missed} of 200`);
  assert(timeUniformRate(100, 1000).ci_low > 0.06);
  assertEquals([timeUniformRate(0, 9).ci_low, timeUniformRate(9, 9).ci_high], [0, 1]);
  assertThrows(() => timeUniformRate(3, 2), RangeError);
});

Deno.test("monitor reads a log, says when to recalibrate, and refuses what is no log", async () => {
  await inTempFolder(async (folder) => {
    const line = (row: MonitoredScores, wrong: boolean) =>
      JSON.stringify({
        confidence: row.confidence,
        label: row.fired ? "a" : null,
        order_score: row.order,
        ...(row.fired && { feedback: wrong ? "b" : "a" }),
      });
    const monitor = async (name: string, lines: readonly string[], ...more: string[]) => {
      const path = await write(folder, name, lines.join("\n"));
      return await runTask("monitor", ["--rows", path, "--json", ...more]);
    };
    const calm = stream(1, 600, 0).map((row) => line(row, false));
    const quiet = await monitor("calm.jsonl", calm);
    assertEquals(quiet.code, 0, quiet.stderr);
    assertEquals(JSON.parse(quiet.stdout).recalibrate, false);
    const moved = await monitor("moved.jsonl", [
      ...calm,
      ...stream(2, 300, 0.3).map((row) => line(row, false)),
    ]);
    assertEquals(moved.code, 2, moved.stderr);
    assert(JSON.parse(moved.stdout).alarm_line > 600);
    const wrong = stream(3, 600, 0).map((row, i) => line(row, i % 5 === 0));
    const erring = await monitor("wrong.jsonl", wrong, "--max_wrong_rate", "0.05");
    assertEquals(erring.code, 2, erring.stderr);
    assertEquals(JSON.parse(erring.stdout).alarm_line, null);
    const bad = await monitor("bad.jsonl", [...calm, '{"label": "a"}']);
    assertEquals(bad.code, 65);
    assertStringIncludes(bad.stderr, "bad.jsonl:601: Expected");
    assertEquals((await monitor("short.jsonl", calm.slice(0, 50))).code, 65);
    const none = await runTask("monitor", ["--rows", `${folder}/no.jsonl`]);
    assertEquals(none.code, 66);
  });
});
