import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { pullModel, type PullModelOptions } from "../../../src/encoders/hub/hub.ts";
import {
  listModels,
  removeModel,
  resolveModel,
  verifyModel,
} from "../../../src/encoders/hub/model_store.ts";
import { type ErrorKind, MicroLmError } from "../../../src/core/errors.ts";
import { sha256Hex } from "../../../src/core/hash.ts";
import { createRandom } from "../../../src/core/random.ts";
import { inTempFolder } from "../../temp.ts";
import { type Fault, type MockHub, MODEL, startMockHub } from "../mock_hub.ts";

const random = createRandom(11);
const WEIGHTS = Uint8Array.from({ length: 200_000 }, () => random.integer(256));
const NEEDED: Record<string, string | Uint8Array> = {
  "modules.json": "[]",
  "config.json": '{"a": 1}',
  "tokenizer.json": "{}",
  "tokenizer_config.json": "{ }",
  "sentence_bert_config.json": '{"max_seq_length": 8}',
  "1_Pooling/config.json": "{  }",
  "onnx/model.onnx": WEIGHTS,
};
const FILES: Record<string, string | Uint8Array> = {
  ...NEEDED,
  "README.md": "# Not needed",
  "pytorch_model.bin": "not needed",
  "openvino/config.json": "not needed",
  "onnx/model_quantized.onnx": WEIGHTS.subarray(0, 999),
};
const ONNX = "onnx/model.onnx";

interface Scene {
  readonly hub: MockHub;
  readonly storeDir: string;
  /** Pulls the model from the mock hub. */
  readonly pull: (options?: PullModelOptions) => ReturnType<typeof pullModel>;
}

/** A test with a hub and an empty store, without network access to anything else. */
function hubTest(name: string, run: (scene: Scene) => Promise<void>): void {
  Deno.test({
    name,
    permissions: { net: ["127.0.0.1"], read: ["."], write: [".artifacts"], run: ["deno"] },
    fn: () =>
      inTempFolder(async (storeDir) => {
        await using hub = startMockHub(FILES);
        const defaults = { mirror: hub.url, storeDir, backoffMs: 1, idleTimeoutMs: 2000 };
        await run({
          hub,
          storeDir,
          pull: (options) => pullModel(MODEL, { ...defaults, ...options }),
        });
      }),
  });
}

async function assertWhole(folder: string, files = NEEDED): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    assertEquals(sha256Hex(await Deno.readFile(`${folder}/${path}`)), sha256Hex(bytes), path);
  }
}

/** Ranges that were asked for of the weights. */
function ranges({ requests }: MockHub): (string | null)[] {
  return requests.filter(({ path }) => path === `/cdn/${ONNX}`).map(({ range }) => range);
}

async function assertFails(
  pull: () => Promise<unknown>,
  kind: ErrorKind,
  message: string,
  hint: string,
): Promise<void> {
  const error = await assertRejects(pull, MicroLmError, message);
  assertEquals(error.kind, kind);
  assertStringIncludes(error.hint ?? "", hint);
}

hubTest("pullModel() fetches what an encoder needs, and nothing else", async (scene) => {
  const { hub, storeDir, pull } = scene;
  const steps: number[] = [];
  const model = await pull({ onProgress: (done, total) => steps.push(done, total) });
  await assertWhole(model.folder);
  assertEquals(model.files.map(({ path }) => path), Object.keys(NEEDED).sort());
  assertEquals([model.id, model.revision, model.commit], [MODEL, "main", hub.commit]);
  assertEquals(model.files.find(({ path }) => path === ONNX)?.sha256, sha256Hex(WEIGHTS));
  assertEquals(steps.slice(-2), [model.bytes, model.bytes]);
  const names = await Array.fromAsync(Deno.readDir(`${model.folder}/onnx`), ({ name }) => name);
  assertEquals(names, ["model.onnx"]);
  assertEquals(await resolveModel(MODEL, { storeDir }), model.folder);
  assertEquals(await listModels({ storeDir }), [model]);
  assertEquals(await verifyModel(MODEL, { storeDir }), []);
});

hubTest("pullModel() fetches nothing twice", async ({ hub, pull }) => {
  await pull();
  hub.requests.length = 0;
  const int8 = await pull({ dtype: "int8" });
  assertEquals(hub.requests.map(({ path }) => path.split("/")[1]), ["api", "owner", "cdn"]);
  await assertWhole(int8.folder, {
    ...NEEDED,
    "onnx/model_quantized.onnx": FILES["onnx/model_quantized.onnx"]!,
  });
  hub.requests.length = 0;
  const again = await pull();
  assertEquals(hub.requests.length, 1);
  assertEquals(again.files, int8.files);
});

hubTest("pullModel() takes unchanged weights along to a new commit", async (scene) => {
  const { hub, storeDir, pull } = scene;
  const before = await pull();
  hub.commit = "fedcba9876543210fedcba9876543210fedcba98";
  hub.files.set("config.json", new TextEncoder().encode('{"a": 2}'));
  hub.requests.length = 0;
  const after = await pull();
  assertEquals(ranges(hub), []);
  await assertWhole(after.folder, { ...NEEDED, "config.json": '{"a": 2}' });
  assertEquals(await Deno.stat(before.folder).catch(() => "gone"), "gone");
  assertEquals(await verifyModel(MODEL, { storeDir }), []);
});

hubTest("pullModel() asks for the revision, and for files by commit", async ({ hub, pull }) => {
  await pull({ revision: "refs/pr/1" });
  const [first, ...others] = hub.requests.map(({ path }) => path);
  assertEquals(first, `/api/models/${MODEL}/revision/refs/pr/1`);
  const isByCommit = (path: string) => path.includes(`/resolve/${hub.commit}/`);
  assert(others.every((path) => path.startsWith("/cdn/") || isByCommit(path)));
});

const half = `bytes=${WEIGHTS.length / 2}-`;
const threeQuarters = `bytes=${WEIGHTS.length * 3 / 4}-`;

const recoverable: [string, Fault[], (string | null)[]][] = [
  ["a broken connection", ["cut"], [null, half]],
  ["two broken connections", ["cut", "cut"], [null, half, threeQuarters]],
  ["a server that stalls", ["stall"], [null, half]],
  ["a server that ignores ranges", ["cut", "ignore range"], [null, half]],
  ["500, then 503", [{ status: 500 }, { status: 503 }], [null, null, null]],
  ["429 with a pause", [{ status: 429, headers: { "retry-after": "0" } }], [null, null]],
  ["502 in the middle", ["cut", { status: 502 }], [null, half, half]],
];
for (const [name, faults, expected] of recoverable) {
  hubTest(`pullModel() gets over ${name}`, async ({ hub, pull }) => {
    hub.faults.set(ONNX, [...faults]);
    const model = await pull({ idleTimeoutMs: 300 });
    await assertWhole(model.folder);
    assertEquals(ranges(hub), expected);
    assertEquals(hub.faults.get(ONNX), []);
  });
}

hubTest("pullModel() goes on where an earlier run stopped", async ({ hub, pull }) => {
  hub.faults.set(ONNX, ["cut"]);
  await assertFails(
    () => pull({ retries: 0 }),
    "unavailable",
    "error reading a body",
    "connection",
  );
  assertEquals(ranges(hub), [null]);
  await assertWhole((await pull()).folder);
  assertEquals(ranges(hub), [null, half]);
  assert(hub.requests.at(-1)!.ifRange!.startsWith('"'), "If-Range was not sent");
});

hubTest("pullModel() starts again when the server has another version", async ({ hub, pull }) => {
  hub.faults.set(ONNX, ["cut"]);
  await assertRejects(() => pull({ retries: 0 }), MicroLmError);
  const changed = WEIGHTS.toReversed();
  hub.files.set(ONNX, changed);
  const model = await pull();
  await assertWhole(model.folder, { ...NEEDED, [ONNX]: changed });
  assertEquals(ranges(hub), [null, half]);
});

const damages: [string, (part: Uint8Array) => Uint8Array, number][] = [
  ["damaged", (part) => part.with(5, part[5]! ^ 1), 3],
  ["longer than the file", () => new Uint8Array(WEIGHTS.length + 7), 3],
  ["complete and damaged", () => WEIGHTS.with(9, WEIGHTS[9]! ^ 1), 2],
  ["complete", () => WEIGHTS, 1],
];
for (const [name, damage, requests] of damages) {
  hubTest(`pullModel() gets over a part that is ${name}`, async ({ hub, storeDir, pull }) => {
    hub.faults.set(ONNX, ["cut"]);
    await assertRejects(() => pull({ retries: 0 }), MicroLmError);
    const part = `${storeDir}/${MODEL}/${hub.commit.slice(0, 12)}/${ONNX}.part`;
    await Deno.writeFile(part, damage(await Deno.readFile(part)));
    await assertWhole((await pull()).folder);
    assertEquals(ranges(hub).length, requests);
  });
}

const elsewhere = { redirect: "http://localhost:8080/x" };
const failures: [string, string, Fault[], ErrorKind, string, string][] = [
  ["a wrong hash", ONNX, ["corrupt"], "data", "wrong sha256", "--mirror"],
  [
    "a wrong hash of a small file",
    "config.json",
    ["corrupt"],
    "data",
    "wrong git hash",
    "--mirror",
  ],
  ["a file that is too long", ONNX, ["too long"], "data", "more than 200000 bytes", "--mirror"],
  ["401", "listing", [{ status: 401 }], "unavailable", "answers 401", "private"],
  ["403 for a file", ONNX, [{ status: 403 }], "unavailable", "answers 403", "consent"],
  ["404", "listing", [{ status: 404 }], "missing", `"${MODEL}" at revision "main"`, "revision"],
  ["418", ONNX, [{ status: 418 }], "unavailable", "answers 418", "later"],
  ["lasting 500", ONNX, Array(9).fill({ status: 500 }), "unavailable", "answers 500", "--mirror"],
  ["lasting 429", "listing", Array(9).fill({ status: 429 }), "unavailable", "answers 429", "later"],
  [
    "a pause of an hour",
    ONNX,
    [{ status: 503, headers: { "retry-after": "3600" } }],
    "unavailable",
    "answers 503",
    "later",
  ],
  ["a server that hangs", ONNX, ["hang"], "unavailable", "sent nothing for 0.2 seconds", "again"],
  ["a hub that hangs", "listing", ["hang"], "unavailable", "sent nothing for 0.2 seconds", "again"],
  [
    "a redirect to a host without permission",
    ONNX,
    [elsewhere],
    "permission",
    "localhost:8080",
    ",",
  ],
  [
    "a redirect to a file",
    ONNX,
    [{ redirect: "file:///etc/passwd" }],
    "data",
    "expected an https address",
    "",
  ],
  [
    "a circle of redirects",
    ONNX,
    Array(20).fill({ redirect: `/cdn/${ONNX}` }),
    "unavailable",
    "more than 10 redirects",
    "",
  ],
];
for (const [name, path, faults, kind, message, hint] of failures) {
  hubTest(`pullModel() reports ${name}, and the model is not there`, async (scene) => {
    const { hub, storeDir, pull } = scene;
    hub.faults.set(path, [...faults]);
    await assertFails(() => pull({ idleTimeoutMs: 200 }), kind, message, hint);
    assertEquals(await listModels({ storeDir }), []);
    hub.faults.clear();
    await assertWhole((await pull()).folder);
  });
}

for (
  const name of ["../evil.json", "/etc/passwd", "a/../../b", "a\\..\\b", "C:/x", "a//b", "x\0y"]
) {
  hubTest(`pullModel() refuses the file name ${JSON.stringify(name)}`, async (scene) => {
    const { hub, storeDir, pull } = scene;
    hub.files.set(name, new Uint8Array(1));
    await assertFails(() => pull(), "data", "leaves its folder", "");
    assertEquals(await Array.fromAsync(Deno.readDir(storeDir)), []);
  });
}

hubTest("pullModel() says which number types a model has", async ({ hub, pull }) => {
  hub.files.delete(ONNX);
  await assertFails(() => pull(), "missing", "found onnx/model_quantized.onnx", "--dtype int8");
  hub.files.delete("onnx/model_quantized.onnx");
  hub.files.delete("pytorch_model.bin");
  await assertFails(() => pull(), "missing", "found no ONNX file", "export");
});

hubTest(
  "pullModel() takes models without modules.json, files of weights and dense layers",
  async ({ hub, pull }) => {
    hub.files.delete("modules.json");
    const more = ["onnx/model.onnx_data", "onnx/model.onnx_data_1", "2_Dense/model.safetensors"];
    const others = ["onnx/model.onnx_other", "model.safetensors", "onnx/model_q4.onnx_data"];
    for (const path of [...more, ...others]) hub.files.set(path, Uint8Array.of(1, 2, 3));
    const { files } = await pull();
    const paths = files.map(({ path }) => path);
    assertEquals(more.filter((path) => paths.includes(path)), more);
    assertEquals(others.filter((path) => paths.includes(path)), []);
    assertEquals(paths.includes("modules.json"), false);
  },
);

hubTest("pullModel() refuses what is no listing, no id, no address", async ({ hub, pull }) => {
  hub.commit = "../../outside";
  await assertFails(() => pull(), "data", "Expected the list of a model's files", "mirror");
  await assertFails(() => pull({ mirror: "ftp://x" }), "usage", 'found "ftp://x"', "");
  for (const id of ["name", "../x", "a/b/c", "a/..", "/a/b", "a/b\n", ""]) {
    await assertFails(() => pullModel(id), "usage", "Expected a model id", "");
  }
});

hubTest("pullModel() names the host that it may not reach", async ({ pull }) => {
  const mirror = "http://localhost:8080";
  await assertFails(
    () => pull({ mirror }),
    "permission",
    'No permission to reach "localhost:8080"',
    "--allow-net=localhost:8080",
  );
});

hubTest("pullModel() reports a server that is not there", async ({ hub, pull }) => {
  const { url } = hub;
  await hub[Symbol.asyncDispose]();
  await assertFails(
    () => pull({ mirror: url, retries: 1 }),
    "unavailable",
    "Cannot reach",
    "address",
  );
});

hubTest("pullModel() stops on request and goes on later", async ({ hub, pull }) => {
  const controller = new AbortController();
  hub.faults.set(ONNX, ["stall"]);
  const pulling = pull({
    signal: controller.signal,
    onProgress: (_, __, file) => file === ONNX && controller.abort(new Error("enough")),
  });
  await assertRejects(() => pulling, Error, "enough");
  await assertWhole((await pull()).folder);
  assertContinued(hub);
});

hubTest("two pulls at once fetch each file once", async ({ hub, pull }) => {
  hub.faults.set(ONNX, ["slow"]);
  const models = await Promise.all([pull(), pull()]);
  assertEquals(ranges(hub), [null]);
  await assertWhole(models[0].folder);
  assertEquals(models[0].files, models[1].files);
});

hubTest("a pull that is killed goes on where it stopped", async ({ hub, storeDir, pull }) => {
  hub.faults.set(ONNX, ["slow"]);
  const script = `
    import { pullModel } from "./src/encoders/hub/hub.ts";
    await pullModel(Deno.args[0], { mirror: Deno.args[1], storeDir: Deno.args[2] });`;
  const child = new Deno.Command("deno", {
    args: ["eval", "--no-check", "--ext=ts", script, MODEL, hub.url, storeDir],
  }).spawn();
  for (let i = 0; i < 1000 && hub.sent < WEIGHTS.length / 4; i++) {
    await new Promise((done) => setTimeout(done, 10));
  }
  child.kill("SIGKILL");
  assert(!(await child.status).success);
  assertEquals(await listModels({ storeDir }), []);
  await assertWhole((await pull()).folder);
  assertContinued(hub);
});

/** The weights were asked for twice, the second time from somewhere within. */
function assertContinued(hub: MockHub): void {
  const [first, second, ...others] = ranges(hub);
  assertEquals([first, others], [null, []]);
  assert(/^bytes=[1-9]\d*-$/.test(second!), `Expected a range, found ${second}`);
}

hubTest("the store verifies, resolves and removes models", async ({ storeDir, pull }) => {
  const { folder } = await pull();
  const store = { storeDir };
  await Deno.writeFile(`${folder}/${ONNX}`, WEIGHTS.with(0, WEIGHTS[0]! ^ 1));
  await Deno.writeTextFile(`${folder}/config.json`, "longer than before");
  await Deno.remove(`${folder}/modules.json`);
  assertEquals(await verifyModel(MODEL, store), [
    { path: "config.json", fault: "size" },
    { path: "modules.json", fault: "missing" },
    { path: "onnx/model.onnx", fault: "sha256" },
  ]);
  const command = `deno task model pull ${MODEL}`;
  await assertFails(() => resolveModel(MODEL, store), "missing", "not whole", command);
  await assertWhole((await pull()).folder);
  assertEquals(await verifyModel(MODEL, store), []);

  assertEquals(await removeModel(MODEL, store), true);
  assertEquals(await Array.fromAsync(Deno.readDir(storeDir)), []);
  assertEquals(await removeModel(MODEL, store), false);
  await assertFails(() => resolveModel(MODEL, store), "missing", "is not here", command);
  await assertFails(() => resolveModel("../x", store), "usage", "Expected a model id", "");
});

hubTest("a damaged manifest is reported", async ({ storeDir, pull }) => {
  await pull();
  const path = `${storeDir}/${MODEL}/manifest.json`;
  const manifest = JSON.parse(await Deno.readTextFile(path));
  const outside = { ...manifest, files: [{ ...manifest.files[0], path: "../../x" }] };
  for (const text of ["{", "{}", JSON.stringify(outside)]) {
    await Deno.writeTextFile(path, text);
    const expected = "Expected the manifest of a pulled model";
    await assertFails(() => resolveModel(MODEL, { storeDir }), "data", expected, "model remove");
  }
  assertEquals((await pull()).id, MODEL);
});

/** What a transformer without an ONNX export has on the hub, as CodeBERT. */
const PLAIN = {
  "config.json": "{}",
  "vocab.json": "{}",
  "merges.txt": "#version: 0.2",
  "special_tokens_map.json": "{ }",
  "tokenizer_config.json": "{  }",
};

/** Replaces the files of the hub. */
function offer({ files }: MockHub, content: Readonly<Record<string, string | Uint8Array>>): void {
  files.clear();
  for (const [path, value] of Object.entries(content)) {
    const bytes = typeof value === "string" ? new TextEncoder().encode(value) : value.slice();
    files.set(path, bytes as Uint8Array<ArrayBuffer>);
  }
}

const PARTS = ["model.safetensors.index.json", "model-00001-of-00002.safetensors"];
for (
  const [weights, wanted] of [
    [["pytorch_model.bin"], ["pytorch_model.bin"]],
    [["pytorch_model.bin", "model.safetensors", "tf_model.h5"], ["model.safetensors"]],
    [[...PARTS, "pytorch_model.bin"], PARTS],
    [["pytorch_model.bin.index.json", "pytorch_model-1-of-1.bin"], [
      "pytorch_model-1-of-1.bin",
      "pytorch_model.bin.index.json",
    ]],
  ] as const
) {
  hubTest(`pullModel() takes ${wanted[0]} of a model without ONNX`, async ({ hub, pull }) => {
    offer(hub, {
      ...PLAIN,
      "README.md": "#",
      ...Object.fromEntries(weights.map((path) => [path, WEIGHTS])),
    });
    const { files } = await pull();
    assertEquals(files.map(({ path }) => path), [...Object.keys(PLAIN), ...wanted].sort());
    await assertFails(() => pull({ format: "onnx" }), "missing", "no ONNX file", "engine export");
  });
}

hubTest(
  "pullModel() takes weights for PyTorch beside those in ONNX if it is told",
  async (scene) => {
    const { hub, pull } = scene;
    await pull();
    const { files } = await pull({ format: "torch" });
    assertEquals(
      files.map(({ path }) => path),
      [...Object.keys(NEEDED), "pytorch_model.bin"].sort(),
    );
    offer(hub, PLAIN);
    hub.commit = "fedcba9876543210fedcba9876543210fedcba98";
    await assertFails(
      () => pull({ format: "torch" }),
      "missing",
      "weights for PyTorch",
      "safetensors",
    );
    await assertFails(() => pull(), "missing", "no ONNX file", "engine export");
  },
);
