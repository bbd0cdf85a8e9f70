import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { readCsv } from "../../src/data/csv/csv.ts";
import { stringifyCsv } from "../../src/data/csv/write_csv.ts";
import { createRandom } from "../../src/core/random.ts";
import { inTempFolder, write } from "../temp.ts";
import { runTask, type RunTaskOptions } from "./run_task.ts";

const FIXTURES = "fixtures/defi";
const LARGE = `${FIXTURES}/defi_mapper_labeled_large.csv`;
const MINI = `${FIXTURES}/defi_mapper_labeled_mini.csv`;
const TEST = `${FIXTURES}/defi_mapper_labeled_5k.csv`;

/** A mapper that is trained once for all tests of this file. */
const MAPPER = ".artifacts/test-certificate/mapper.json";
const trained = await runTask("train", [
  "--labels_csv",
  LARGE,
  "--calibrate",
  "--out_path",
  MAPPER,
]);
assertEquals(trained.code, 0, trained.stderr);

const m8 = (...flags: string[]) =>
  runTask("m8", ["--mapper_path", MAPPER, "--bootstrap", "0", ...flags]);

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

async function rowsOf(path: string): Promise<Record<string, string>[]> {
  return await Array.fromAsync(readCsv(path), ({ fields }) => ({ ...fields }));
}

Deno.test("rows of the training certify nothing: refused, with the counts said", async () => {
  const { code, stdout } = await m8("--prompts_jsonl", LARGE, "--max_wrong_rate", "0.02");
  assertEquals(code, 4, stdout);
  assertStringIncludes(stdout, "Not certified: the training knows 1000 of 1000 rows");
  assertMatch(stdout, /m8: refused\n/);
});

Deno.test("some training rows among others are left out, and the certificate counts them", async () => {
  await inTempFolder(async (folder) => {
    const rows = [...await rowsOf(TEST), ...(await rowsOf(LARGE)).slice(0, 200)];
    const path = await write(folder, "mixed.csv", stringifyCsv(rows, ["prompt", "label"]));
    const { code, stdout, stderr } = await m8(
      "--prompts_jsonl",
      path,
      "--max_wrong_rate",
      "0.1",
      "--json",
    );
    assertEquals(code, 0, stderr);
    const { certification: { certificate, split } } = JSON.parse(stdout);
    assertEquals(certificate.overlap, { rows: 5200, exact: 200, template: 200 });
    assertEquals(split.rows.reduce((a: number, b: number) => a + b), 5000);
    assert(certificate.distinct_prompts <= 5000 && certificate.mapper_sha256.length === 64);
    assertMatch(certificate.population, /new to the training/);
  });
});

Deno.test("a copy with a zero-width space is a training row", async () => {
  await inTempFolder(async (folder) => {
    const rows = (await rowsOf(LARGE)).slice(0, 12)
      .map(({ prompt, label }) => ({ prompt: `${prompt}\u200B`, label }));
    const path = await write(folder, "twins.csv", stringifyCsv(rows, ["prompt", "label"]));
    const { code, stdout } = await m8("--prompts_jsonl", path, "--fail_on_overlap");
    assertEquals(code, 4);
    assertStringIncludes(stdout, "12 of 12 (100.0%) as the same prompt");
  });
});

Deno.test("a shuffled file gives the same mapper and the same certificate", async () => {
  await inTempFolder(async (folder) => {
    const shuffled = async (path: string, name: string) => {
      const rows = createRandom(1).shuffle(await rowsOf(path));
      return await write(folder, name, `\uFEFF${stringifyCsv(rows, ["prompt", "label"])}`);
    };
    const turned = await shuffled(LARGE, "large.csv");
    await runTask("train", [
      "--labels_csv",
      turned,
      "--calibrate",
      "--out_path",
      `${folder}/m.json`,
    ]);
    assertEquals(await Deno.readTextFile(`${folder}/m.json`), await Deno.readTextFile(MAPPER));
    const test = await shuffled(TEST, "test.csv");
    const summary = async (path: string) => {
      const { stdout } = await m8("--prompts_jsonl", path, "--max_wrong_rate", "0.1", "--json");
      const { certification, chosen, probabilities } = JSON.parse(stdout);
      return { certification, chosen, probabilities };
    };
    assertEquals(await summary(test), await summary(TEST));
  });
});

const ELSEWHERE = { TZ: "Pacific/Kiritimati", LANG: "tr_TR.UTF-8", LC_ALL: "tr_TR.UTF-8" };
const onOneCore = isFile("/usr/bin/taskset");

/** A file that says the same in other bytes, and other surroundings. */
const SURROUNDINGS: readonly (readonly [string, (csv: string) => string, RunTaskOptions])[] = [
  ["CRLF after a byte order mark", (csv) => `\uFEFF${csv.replaceAll("\n", "\r\n")}`, {}],
  ["another time zone and locale, one core", (csv) => csv, { env: ELSEWHERE, onOneCore }],
];
for (const [what, change, options] of SURROUNDINGS) {
  Deno.test(`${what}: the same bytes of mapper and the same decisions`, async () => {
    await inTempFolder(async (folder) => {
      const other = async (path: string, name: string) =>
        await write(folder, name, change(await Deno.readTextFile(path)));
      const made = `${folder}/m.json`;
      const labels = await other(LARGE, "large.csv");
      const train = ["--labels_csv", labels, "--calibrate", "--out_path", made];
      const { code, stderr } = await runTask("train", train, options);
      assertEquals(code, 0, stderr);
      assertEquals(await Deno.readTextFile(made), await Deno.readTextFile(MAPPER));
      const decide = async (prompts: string, path: string, options: RunTaskOptions) => {
        const flags = ["--prompts_jsonl", prompts, "--rows_csv", path, "--bootstrap", "0"];
        const args = ["--mapper_path", MAPPER, "--max_wrong_rate", "0.1", "--json", ...flags];
        const { stdout } = await runTask("m8", args, options);
        const { certification, chosen, probabilities } = JSON.parse(stdout);
        return [certification, chosen, probabilities, await Deno.readTextFile(path)];
      };
      assertEquals(
        await decide(await other(TEST, "test.csv"), `${folder}/other.csv`, options),
        await decide(TEST, `${folder}/own.csv`, {}),
      );
    });
  });
}

Deno.test("another seed is another attempt, and says what it may spend", async () => {
  const { stdout } = await m8(
    "--prompts_jsonl",
    TEST,
    "--max_wrong_rate",
    "0.1",
    "--seed",
    "2",
    "--json",
  );
  const { certification: { certificate } } = JSON.parse(stdout);
  assertEquals([certificate.attempt, certificate.split.seed], [3, 2]);
  assert(Math.abs(certificate.allowance - 0.05 * 0.02 / 6) < 1e-12);
});

Deno.test("the certificate is the verdict: title, badge, last line and exit code agree", async () => {
  await inTempFolder(async (folder) => {
    const report = `${folder}/r.md`;
    const html = `${folder}/r.html`;
    const files = ["--out_report", report, "--out_html", html];
    // The limits fail, the certificate holds.
    const good = await m8(
      "--prompts_jsonl",
      TEST,
      "--max_wrong_rate",
      "0.1",
      "--max_abstain_rate",
      "0",
      ...files,
    );
    assertEquals(good.code, 0, good.stderr);
    assertMatch(good.stdout, /The limits alone say: abstain rate [^]*\nm8: certified\n$/);
    assertMatch(await Deno.readTextFile(report), /^# m8: CERTIFIED\n/);
    const page = await Deno.readTextFile(html);
    assertMatch(page, /<title>m8: certified<\/title>/);
    assertStringIncludes(page, '<span class="verdict pass">CERTIFIED</span>');
    // The limits hold, the certificate does not.
    const bad = await m8(
      "--prompts_jsonl",
      MINI,
      "--max_wrong_rate",
      "0.001",
      "--max_abstain_rate",
      "1",
      "--min_overall_acc",
      "0",
      ...files,
    );
    assertEquals(bad.code, 3, bad.stderr);
    assertMatch(bad.stdout, /m8: uncertified\n/);
    assertMatch(await Deno.readTextFile(report), /^# m8: UNCERTIFIED: /);
    assertStringIncludes(await Deno.readTextFile(html), 'class="verdict fail">UNCERTIFIED</span>');
  });
});

Deno.test("rows carry confidence, margin and novelty in full precision", async () => {
  await inTempFolder(async (folder) => {
    const path = `${folder}/rows.csv`;
    await m8("--prompts_jsonl", MINI, "--rows_csv", path);
    const rows = await rowsOf(path);
    const digits = (name: string) => Math.max(...rows.map((row) => row[name]!.length));
    assert(digits("confidence") > 12 && digits("margin") > 12 && digits("novelty") > 12);
    assert(rows.every((row) => row["novelty"] !== ""));
  });
});

Deno.test("a certificate of another point or mapper is refused", async () => {
  await inTempFolder(async (folder) => {
    const pin = `${folder}/pin.json`;
    const made = await m8("--prompts_jsonl", TEST, "--max_wrong_rate", "0.1", "--pin", pin);
    assertEquals(made.code, 0, made.stderr);
    const config = JSON.parse(await Deno.readTextFile(pin));
    const prompts = await write(folder, "p.jsonl", '"deposit 10 eth"\n');
    const map = async (changed: unknown) => {
      const file = await write(folder, "c.json", JSON.stringify(changed));
      return await runTask("map", ["--config", file, "--in", prompts, "--out", "-"]);
    };
    const right = await map(config);
    assertEquals(right.code, 0, right.stderr);
    assertEquals(JSON.parse(right.stdout).certificate, config.certificate.id);
    const other = `${folder}/other.json`;
    await runTask("train", ["--labels_csv", MINI, "--out_path", other]);
    const wrong = [
      { ...config, threshold: 0.01 },
      { ...config, model_path: other },
      { ...config, backend: "wordmap" },
      { ...config, certificate: { ...config.certificate, limit: 1e-9 } },
      { ...config, certificate: { id: "certified by nobody" } },
    ];
    for (const changed of wrong) {
      const { code, stderr } = await map(changed);
      assertEquals(code, 65, stderr);
      assertMatch(stderr, /certificate ".*" does not hold here: /);
    }
  });
});

Deno.test("a mapper that is right on every row passes, also where rows must abstain", async () => {
  await inTempFolder(async (folder) => {
    const words = { greet: "hello", bye: "farewell", order: "pizza", abstain: "weather" };
    const rows = Object.entries(words).flatMap(([label, word]) =>
      Array.from({ length: 8 }, (_, i) => `${word} ${"abcdefgh"[i]}${word},${label}`)
    );
    const path = await write(folder, "perfect.csv", `prompt,label\n${rows.join("\n")}\n`);
    const mapper = `${folder}/m.json`;
    await runTask("train", ["--labels_csv", path, "--out_path", mapper]);
    const { code, stdout } = await runTask("sweep", [
      "--mapper_path",
      mapper,
      "--prompts_jsonl",
      path,
      "--thresholds",
      "0,0.3",
    ]);
    assertEquals(code, 0, stdout);
    assertMatch(stdout, /sweep: pass\n/);
  });
});

Deno.test("prompts without evidence abstain, whatever the classifier says", async () => {
  await inTempFolder(async (folder) => {
    const rows = Array.from(
      { length: 40 },
      (_, i) => `check item ${i},${i < 36 ? "often" : "rare"}`,
    );
    const train = await write(folder, "t.csv", `prompt,label\n${rows.join("\n")}\n"🛑",rare\n`);
    const mapper = `${folder}/m.json`;
    const made = await runTask("train", ["--labels_csv", train, "--out_path", mapper]);
    assertMatch(made.stderr, /1 of 41 training prompts have no feature/);
    assertMatch(made.stderr, /no row is labelled abstain/);
    const test = await write(folder, "p.jsonl", '""\n"???"\n"👍"\n"check item 3"\n');
    const rows_csv = `${folder}/rows.csv`;
    await runTask("sweep", [
      "--mapper_path",
      mapper,
      "--prompts_jsonl",
      test,
      "--thresholds",
      "0",
      "--rows_csv",
      rows_csv,
    ]);
    const reasons = (await rowsOf(rows_csv)).map((row) => row["reason"]);
    assertEquals(reasons, ["no_evidence", "no_evidence", "no_evidence", "fired"]);
  });
});

Deno.test("the group column keeps rows together, and its absence is named", async () => {
  await inTempFolder(async (folder) => {
    const rows = (await rowsOf(TEST)).map((row, i) => ({ ...row, author: `a${i % 20}` }));
    const columns = ["prompt", "label", "author"];
    const path = await write(folder, "g.csv", stringifyCsv(rows, columns));
    const base = ["--prompts_jsonl", path, "--max_wrong_rate", "0.1"];
    const { code, stdout } = await m8(...base, "--group", "author");
    assertEquals(code, 3);
    assertMatch(stdout, /\d+ groups that act count like \d+ of the largest/);
    const missing = await m8(...base, "--group", "customer");
    assertEquals(missing.code, 65);
    assertStringIncludes(missing.stderr, "customer");
  });
});
