import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { makeKeys } from "../core/sign/make_keys.ts";
import { inTempFolder } from "../temp.ts";
import { runTask, type TaskResult } from "./run_task.ts";

const MINI = "fixtures/defi/defi_mapper_labeled_mini.csv";
const PROMPT = "deposit 10 ETH into aave";

function expectRefusal({ code, stdout, stderr }: TaskResult, why: string): void {
  assertEquals(code, 65, stderr);
  assertStringIncludes(stderr, why);
  assertEquals(stdout, "");
}

const train = (out: string, ...flags: string[]) =>
  runTask("train", ["--labels_csv", MINI, "--sbert", "ngram", "--out_path", out, ...flags]);

Deno.test("--verify lets a mapper and a pin through that --sign wrote, and nothing else", async () => {
  await inTempFolder(async (folder) => {
    const ours = await makeKeys(folder, "ours");
    const theirs = await makeKeys(folder, "theirs");
    const mapper = `${folder}/mapper.json`;
    const plain = `${folder}/plain.json`;
    const pin = `${folder}/pin.json`;
    const out = `${folder}/out.jsonl`;
    const verify = ["--verify", ours.publicPem];
    const map = (...flags: string[]) => runTask("map", ["--in", MINI, "--out", out, ...flags]);

    assertEquals((await train(mapper, "--sign", ours.privatePem)).code, 0);
    assertEquals((await train(plain)).code, 0);
    assertEquals(await Deno.readFile(mapper), await Deno.readFile(plain));
    await runTask("sweep", [
      ...["--mapper_path", mapper, "--prompts_jsonl", MINI, "--bootstrap", "0"],
      ...["--pin", pin, "--sign", ours.privateJwk],
    ]);

    const done = await map("--mapper_path", mapper, ...verify);
    assertEquals(done.code, 0, done.stderr);
    const pinned = await map("--config", pin, "--verify", ours.publicJwk);
    assertEquals(pinned.code, 0, pinned.stderr);

    expectRefusal(await map("--mapper_path", plain, ...verify), `there is no ${plain}.sig`);
    expectRefusal(
      await map("--mapper_path", mapper, "--verify", theirs.publicPem),
      "it was signed by the key",
    );
    for (const task of ["serve", "mcp"]) {
      expectRefusal(
        await runTask(task, ["--mapper_path", plain, ...verify], {
          permissions: ["--allow-read=.", "--allow-net=127.0.0.1", "--allow-env"],
        }),
        `there is no ${plain}.sig`,
      );
    }
    await Deno.copyFile(`${mapper}.sig`, `${plain}.sig`);
    await Deno.writeTextFile(plain, `${await Deno.readTextFile(plain)} `);
    expectRefusal(
      await runTask("run", [PROMPT, "--mapper_path", plain, ...verify]),
      "another content was signed",
    );
    const config = JSON.parse(await Deno.readTextFile(pin));
    await Deno.writeTextFile(pin, JSON.stringify({ ...config, threshold: 0 }));
    expectRefusal(await map("--config", pin, ...verify), "another content was signed");
  });
});

Deno.test("sweep, m8, export and suite use what was signed, and nothing else", async () => {
  await inTempFolder(async (folder) => {
    const ours = await makeKeys(folder, "ours");
    const theirs = await makeKeys(folder, "theirs");
    const [mapper, plain] = [`${folder}/mapper.json`, `${folder}/plain.json`];
    const [pin, onnx] = [`${folder}/pin.json`, `${folder}/mapper.onnx`];
    const verify = ["--verify", ours.publicPem];
    await train(mapper, "--sign", ours.privatePem);
    await train(plain);
    const sweep = ["--prompts_jsonl", MINI, "--bootstrap", "0"];
    for (const task of ["sweep", "m8"]) {
      const good = await runTask(task, [
        ...[...sweep, "--mapper_path", mapper, ...verify, "--pin", pin],
        ...["--sign", ours.privatePem],
      ]);
      assertEquals(good.code, 0, good.stderr);
      const again = await runTask(task, [...sweep, "--config", pin, ...verify]);
      assertEquals(again.code, 0, again.stderr);
      const other = [...sweep, "--config", pin, "--verify", theirs.publicPem];
      expectRefusal(await runTask(task, other), "it was signed by the key");
      expectRefusal(
        await runTask(task, [...sweep, "--mapper_path", plain, ...verify]),
        `there is no ${plain}.sig`,
      );
      const keywords = await runTask(task, [...sweep, "--backend", "wordmap", ...verify]);
      assertEquals(keywords.code, 64, keywords.stderr);
    }
    const exported = ["--out", onnx, ...verify];
    const good = await runTask("export", [
      ...["--mapper_path", mapper, ...exported, "--sign", ours.privatePem],
    ]);
    assertEquals(good.code, 0, good.stderr);
    assert((await Deno.stat(`${onnx}.sig`)).isFile);
    expectRefusal(
      await runTask("export", ["--mapper_path", plain, ...exported]),
      `there is no ${plain}.sig`,
    );
    expectRefusal(
      await runTask("suite", ["--config", pin, "--mapper_path", plain, ...verify]),
      `there is no ${plain}.sig`,
    );
  });
});

Deno.test("nothing stands in for a mapper that has to be signed", async () => {
  await inTempFolder(async (folder) => {
    const { publicPem } = await makeKeys(folder, "ours");
    const verify = ["--verify", publicPem];
    const keywords = await runTask("run", [PROMPT, "--backend", "wordmap", ...verify]);
    assertEquals(keywords.code, 64, keywords.stderr);
    const policy = '{"mapper":{"use_wordmap_fallback":true}}';
    const absent = ["--mapper_path", `${folder}/no.json`, "--policy", policy];
    assertEquals((await runTask("run", [PROMPT, ...absent, ...verify])).code, 66);
  });
});

Deno.test("a key that cannot be used is found out before there is any work", async () => {
  await inTempFolder(async (folder) => {
    const { privatePem, publicPem } = await makeKeys(folder, "ours");
    const out = `${folder}/mapper.json`;
    const cases: [string, number][] = [[publicPem, 65], [`${folder}/no.pem`, 66], ["/etc", 77]];
    for (const [key, code] of cases) {
      const result = await train(out, "--sign", key);
      assertEquals(result.code, code, result.stderr);
    }
    const lost = await train(privatePem, "--sign", privatePem);
    assertEquals(lost.code, 64, lost.stderr);
    assertStringIncludes(await Deno.readTextFile(privatePem), "BEGIN PRIVATE KEY");
    const exists = await Deno.stat(out).then(() => true, () => false);
    assert(!exists, "a mapper was written");
  });
});

Deno.test("a signed trace is signed to its last line, by one key", async () => {
  await inTempFolder(async (folder) => {
    const ours = await makeKeys(folder, "ours");
    const theirs = await makeKeys(folder, "theirs");
    const trace = `${folder}/trace.jsonl`;
    const run = (...flags: string[]) =>
      runTask("run", [PROMPT, "--backend", "wordmap", "--trace", trace, ...flags]);
    const sign = ["--sign", ours.privatePem];
    const verify = (...flags: string[]) => runTask("trace", ["verify", trace, ...flags]);
    const asOurs = ["--verify", ours.publicPem];

    await run(...sign);
    await run(...sign);
    const good = await verify(...asOurs);
    assertEquals(good.code, 0, good.stderr);
    assertStringIncludes(good.stdout, "2 lines");
    assertStringIncludes(good.stdout, "signed by the key");
    const replayed = await runTask("replay", ["--trace", trace, ...asOurs]);
    assertEquals(replayed.code, 0, replayed.stderr);
    expectRefusal(await verify("--verify", theirs.publicPem), "it was signed by the key");
    expectRefusal(await run("--sign", theirs.privatePem), "it was signed by the key");
    const two = await Deno.readTextFile(trace);

    await Deno.writeTextFile(trace, `${two.split("\n")[0]}\n`);
    expectRefusal(await verify(...asOurs), "2 lines were signed, 1 are here");
    await Deno.writeTextFile(trace, two.replace(PROMPT, "deposit 99 ETH into aave"));
    assertEquals((await verify(...asOurs)).code, 2);
    await Deno.writeTextFile(trace, two);

    await run();
    expectRefusal(await verify(...asOurs), "1 of 3 lines follow the signed ones");
    expectRefusal(
      await runTask("replay", ["--trace", trace, ...asOurs]),
      "1 of 3 lines follow the signed ones",
    );
    expectRefusal(await run(...sign), "1 of 3 lines follow the signed ones");
    const { stdout } = await verify();
    assertStringIncludes(stdout, "3 lines");
  });
});

Deno.test("the signature of a trace is none of a mapper", async () => {
  await inTempFolder(async (folder) => {
    const { privatePem, publicPem } = await makeKeys(folder, "ours");
    const trace = `${folder}/trace.jsonl`;
    const mapper = `${folder}/mapper.json`;
    await train(mapper);
    await runTask("run", [
      ...[PROMPT, "--backend", "wordmap", "--trace", trace, "--sign", privatePem],
    ]);
    await Deno.copyFile(`${trace}.sig`, `${mapper}.sig`);
    expectRefusal(
      await runTask("run", [PROMPT, "--mapper_path", mapper, "--verify", publicPem]),
      "the signature beside it is that of a trace",
    );
  });
});
