import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { MicroLmError } from "../../src/core/errors.ts";
import { createPhaseClock, writeProfile } from "../../src/run/profile.ts";
import { runMicro } from "../../src/run/runtime.ts";
import { inTempFolder, write } from "../temp.ts";

const RECORD = await runMicro({ prompt: "check balance", backend: "wordmap" });

async function readJson(path: string): Promise<unknown> {
  return JSON.parse(await Deno.readTextFile(path));
}

Deno.test("createPhaseClock() measures phases one after the other, also repeated ones", () => {
  let time = 50;
  const clock = createPhaseClock(() => time);
  assertEquals(clock.stop(), []);
  for (const [phase, ms] of [["parse", 1], ["map", 2], ["rails", 3], ["map", 4]] as const) {
    clock.start(phase);
    time += ms;
  }
  const phases = clock.stop();
  time += 100;
  assertEquals(clock.stop(), phases);
  assertEquals(phases, [
    { phase: "parse", t: 0, ms: 1 },
    { phase: "map", t: 1, ms: 2 },
    { phase: "rails", t: 3, ms: 3 },
    { phase: "map", t: 6, ms: 4 },
  ]);
});

Deno.test("createPhaseClock() runs on the system's clock", async () => {
  const clock = createPhaseClock();
  clock.start("parse");
  await new Promise((resolve) => setTimeout(resolve, 20));
  const [phase] = clock.stop();
  assert(phase!.ms >= 15 && phase!.ms < 5000, `${phase!.ms} ms`);
});

Deno.test("writeProfile() writes the phases and a summary that counts kept channels", async () => {
  await inTempFolder(async (dir) => {
    const phases = [{ phase: "parse", t: 1.5, ms: 2 }, { phase: "map", t: 3.5, ms: 1.25 }];
    const now = new Date(Date.UTC(2031, 1, 3, 4, 5, 6));
    const folder = await writeProfile(RECORD, phases, { dir, now });
    assertMatch(folder, /\/defi\/profile\/20310203-040506-[0-9a-f]{8}$/);
    assertEquals(await readJson(`${folder}/profile.json`), phases);
    assertEquals(await readJson(`${folder}/topline.json`), {
      latency_ms: 4,
      n_keep: 0,
      label: null,
      score: 0,
      ok: false,
      reason: "abstain_non_exec",
    });
    const summary = { decision: "PASS", sigma: 7, proto_w: 13, which_prior: "", note: "" } as const;
    const kept = { ...RECORD, wdd_summary: { ...summary, keep: ["swap_asset", "deposit_asset"] } };
    const other = await writeProfile(kept, [], { dir, now });
    assert(other !== folder);
    const topline = await readJson(`${other}/topline.json`) as Record<string, unknown>;
    assertEquals([topline["n_keep"], topline["latency_ms"]], [2, 0]);
  });
});

Deno.test("writeProfile() gives each of many runs in one second a folder", async () => {
  await inTempFolder(async (dir) => {
    const now = new Date();
    const folders = await Promise.all(
      Array.from({ length: 20 }, () => writeProfile(RECORD, [], { dir, now })),
    );
    assertEquals(new Set(folders).size, 20);
  });
});

Deno.test("writeProfile() says what it cannot write", async () => {
  await inTempFolder(async (folder) => {
    const dir = await write(folder, "file", "");
    const error = await assertRejects(() => writeProfile(RECORD, [], { dir }), MicroLmError);
    assertEquals(error.kind, "write");
  });
});
