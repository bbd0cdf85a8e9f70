import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { MODEL, startMockHub } from "../encoders/mock_hub.ts";
import { tinyGraph, tinyModel } from "../encoders/tiny_transformer.ts";
import { inTempFolder } from "../temp.ts";
import { runTask } from "./run_task.ts";

const MINI = "fixtures/defi/defi_mapper_labeled_mini.csv";
const NET = ["--allow-read=.", "--allow-write=.artifacts", "--allow-net=127.0.0.1"];

/** The tiny model as a hub serves it. */
function tinyFiles(): Record<string, string | Uint8Array> {
  const files = Object.entries(tinyModel()).map(([path, content]) =>
    [path, content instanceof Uint8Array ? content : JSON.stringify(content)] as const
  );
  return { ...Object.fromEntries(files), "onnx/model.onnx": tinyGraph() };
}

Deno.test("model pulls, lists, verifies and removes", async () => {
  await inTempFolder(async (folder) => {
    await using hub = startMockHub(tinyFiles());
    const store = ["--store_dir", folder];
    const model = (...args: string[]) =>
      runTask("model", [...args, ...store], { permissions: NET });
    const pulled = await model("pull", MODEL, "--mirror", hub.url);
    assertEquals(pulled.code, 0, pulled.stderr);
    assertStringIncludes(pulled.stdout, `use it with --sbert ${MODEL}`);
    const asked = hub.requests.length;
    assertMatch((await model("list")).stdout, new RegExp(`${MODEL} +main`));
    assertEquals((await model("verify", MODEL)).code, 0);
    const { folder: where } = JSON.parse((await model("list", "--json")).stdout)[0];
    await Deno.writeFile(`${where}/onnx/model.onnx`, new Uint8Array(3));
    const broken = await model("verify", MODEL);
    assertEquals(broken.code, 65);
    assertStringIncludes(broken.stdout, "onnx/model.onnx: wrong size");
    assertEquals((await model("remove", MODEL)).code, 0);
    assertEquals((await model("remove", MODEL)).code, 66);
    assertEquals(hub.requests.length, asked, "only pull uses the network");
  });
});

for (const args of [["pull"], ["push", MODEL], ["list", MODEL], ["verify"], ["pull", MODEL, "x"]]) {
  Deno.test(`model refuses ${args.join(" ")}`, async () => {
    const { code, stderr } = await runTask("model", args);
    assertEquals(code, 64);
    assertStringIncludes(stderr, "Expected pull ID, list, verify ID or remove ID");
  });
}

Deno.test("model without network permission names the host", async () => {
  await inTempFolder(async (folder) => {
    const args = ["pull", MODEL, "--mirror", "http://127.0.0.1:8", "--store_dir", folder];
    const { code, stderr } = await runTask("model", args);
    assertEquals(code, 77);
    assertStringIncludes(stderr, "*.hf.co,127.0.0.1:8 ");
  });
});

Deno.test("train caches vectors, cache lists and clears them, export writes a model", async () => {
  await inTempFolder(async (folder) => {
    const cache = `${folder}/cache`;
    const mapper = `${folder}/m.json`;
    const train = ["--labels_csv", MINI, "--out_path", mapper, "--sbert", "use-lite+ngram"];
    const first = await runTask("train", [...train, "--encoder_cache", cache]);
    assertEquals(first.code, 0, first.stderr);
    const bytes = await Deno.readFile(mapper);
    assertEquals((await runTask("train", [...train, "--encoder_cache", cache])).code, 0);
    assertEquals(await Deno.readFile(mapper), bytes, "with a warm cache");
    assertEquals((await runTask("train", [...train, "--encoder_cache", "off"])).code, 0);
    assertEquals(await Deno.readFile(mapper), bytes, "without a cache");

    const at = ["--encoder_cache", cache];
    assertMatch((await runTask("cache", ["stats", ...at])).stdout, /use-lite fp32 wasm +36\d +512/);
    assertMatch((await runTask("cache", ["clear", "static", ...at])).stdout, /Deleted 0 files/);
    assertMatch((await runTask("cache", ["clear", "use-lite", ...at])).stdout, /Deleted 1 file/);
    assertEquals((await runTask("cache", ["wipe", ...at])).code, 64);

    const out = `${folder}/m.onnx`;
    const exported = await runTask("export", ["--mapper_path", mapper, "--out", out, "--json"]);
    assertEquals(exported.code, 0, exported.stderr);
    const { largest_difference, compared } = JSON.parse(exported.stdout);
    assert(largest_difference <= 1e-6 && compared === 16);
    assert((await Deno.stat(out)).size > 10_000);
    const config = { backend: "sbert", model_path: mapper, threshold: 0.625 };
    await Deno.writeTextFile(`${folder}/c.json`, JSON.stringify(config));
    const pinned = await runTask("export", ["--config", `${folder}/c.json`, "--out", out]);
    assertEquals(pinned.code, 0, pinned.stderr);
    const bytes2 = new TextDecoder("latin1").decode(await Deno.readFile(out));
    assertStringIncludes(bytes2, '{"threshold":0.625}');
  });
});

Deno.test("m8 refuses a mapper from another number type, and measures it when told to", async () => {
  await inTempFolder(async (folder) => {
    const mapper = `${folder}/m.json`;
    const off = ["--encoder_cache", "off"];
    const use = ["--labels_csv", MINI, "--sbert", "use-lite", "--dtype", "int8", ...off];
    assertEquals((await runTask("train", [...use, "--out_path", mapper])).code, 0);
    const sweep = ["--mapper_path", mapper, "--prompts_jsonl", MINI, "--dtype", "fp32", ...off];
    const refused = await runTask("m8", sweep);
    assertEquals(refused.code, 65);
    assertStringIncludes(refused.stderr, "was trained with wasm int8, this is wasm fp32");
    const allowed = await runTask("m8", [...sweep, "--allow_runtime_drift"]);
    assertMatch(allowed.stderr, /over 16 training prompts vectors differ by up to \d/);
  });
});

Deno.test("encoders:compare measures what it is asked for", async () => {
  const { code, stdout, stderr } = await runTask("encoders_compare", [
    "--encoders",
    "ngram",
    "--train_csv",
    MINI,
    "--test_csv",
    MINI,
    "--json",
  ], { permissions: ["--allow-read", "--allow-write=.artifacts,.cache", "--allow-run=deno"] });
  assertEquals(code, 0, stderr);
  const [{ encoder, scores, footprint }] = JSON.parse(stdout).encoders;
  assertEquals([encoder, scores.length], ["ngram", 2]);
  assert(footprint.prompts_per_second > 100 && footprint.cold_start_ms > 0);
  assert(scores[1].accuracy > scores[0].accuracy, "the second pair is its own test set");
});

Deno.test("encoders:compare wants both sets of a pair", async () => {
  assertEquals((await runTask("encoders_compare", ["--train_csv", MINI])).code, 64);
});
