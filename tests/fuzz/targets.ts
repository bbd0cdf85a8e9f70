import { openRuntime } from "../../mod.ts";
import { canonicalJson } from "../../src/core/canonical_json.ts";
import { MicroLmError } from "../../src/core/errors.ts";
import type { Random } from "../../src/core/random.ts";
import { seal } from "../../src/core/sealed_json.ts";
import { readJsonFile } from "../../src/core/text/json_text.ts";
import { readLabeledCsv, readPrompts } from "../../src/data/dataset.ts";
import { readLabels } from "../../src/data/join_labels.ts";
import { loadDomain } from "../../src/domains/load_domain.ts";
import { importOnnxModel } from "../../src/encoders/onnx/import.ts";
import { openSentenceTransformer } from "../../src/encoders/sentence_transformer/encoder.ts";
import { openNgramEncoder } from "../../src/encoders/lite/ngram.ts";
import { serializeArtifact } from "../../src/mapper/file/artifact.ts";
import { loadMapper, openArtifact } from "../../src/mapper/file/mapper_file.ts";
import { trainMapper } from "../../src/mapper/train.ts";
import { loadWdd, saveWdd } from "../../src/rails/wdd/file.ts";
import { mapFile } from "../../src/run/bulk/bulk.ts";
import { readSuite } from "../../src/run/suite/file.ts";
import { sealTraceLine, TRACE_START, type TraceLine } from "../../src/run/trace/line.ts";
import { replayTrace } from "../../src/run/trace/replay.ts";
import { openTrace, readTraceHead } from "../../src/run/trace/trace.ts";
import { verifyTrace } from "../../src/run/trace/verify.ts";
import { createMasker } from "../../src/data/template.ts";
import { readEvaluationConfig } from "../../src/stages/config/evaluation_config.ts";
import { expandExperiments } from "../../src/stages/config/expand.ts";
import { readStageConfig } from "../../src/stages/config/stage_config.ts";
import { readScannerCsv } from "../../src/stages/iac/csv.ts";
import { readDetections } from "../../src/stages/iac/detections.ts";
import { readRules } from "../../src/stages/iac/rules.ts";
import { readSarifFindings } from "../../src/stages/iac/sarif_findings.ts";
import { readCostTable } from "../../tasks/_cost_file.ts";
import { readMapperConfig } from "../../tasks/_mapper_config.ts";
import { readPerClassThresholds } from "../../tasks/_per_class_file.ts";
import { tinyModel, writeModel } from "../encoders/tiny_transformer.ts";
import { toyModel } from "../rails/wdd_toy.ts";
import { mutateBytes, mutateJson } from "./mutate.ts";

/** A kind of file, with what reads it. */
export interface Target {
  /** A wrong file, made from a right one. */
  mutate(random: Random): Uint8Array<ArrayBuffer>;
  /** Gives a file to all that reads its kind; throws where the reader has a defect. */
  read(bytes: Uint8Array): Promise<void>;
}

/** Makes a target that works in a folder of its own. */
export type OpenTarget = (folder: string) => Promise<Target>;

/** Whatever a reader says of a wrong file is fine, as long as it is an error for the user. */
async function tolerate(...readers: (() => unknown)[]): Promise<void> {
  for (const read of readers) {
    try {
      await read();
    } catch (error) {
      if (!(error instanceof MicroLmError)) throw error;
    }
  }
}

const encode = (text: string) => new TextEncoder().encode(text);

/** A file that is read by its path. */
function fileTarget(
  seeds: readonly Uint8Array[],
  path: string,
  ...readers: ((path: string) => unknown)[]
): Target {
  return {
    mutate: (random) => mutateBytes(random.pick(seeds), random),
    read: async (bytes) => {
      await Deno.writeFile(path, bytes);
      await tolerate(...readers.map((read) => () => read(path)));
    },
  };
}

/** As {@linkcode fileTarget}, with half of the files still JSON. */
function jsonTarget(
  values: readonly unknown[],
  path: string,
  ...readers: ((path: string) => unknown)[]
): Target {
  const seeds = values.map((value) => encode(JSON.stringify(value)));
  const target = fileTarget(seeds, path, ...readers);
  return {
    ...target,
    mutate: (random) =>
      random.integer(2) === 0
        ? target.mutate(random)
        : encode(JSON.stringify(mutateJson(random.pick(values), random)) ?? ""),
  };
}

async function heads(lines: number, ...paths: string[]): Promise<Uint8Array[]> {
  const texts = await Promise.all(paths.map((path) => Deno.readTextFile(path)));
  return texts.map((text) => encode(text.split("\n").slice(0, lines).join("\n")));
}

async function jsonOf(path: string): Promise<unknown> {
  return JSON.parse(await Deno.readTextFile(path));
}

const csv: OpenTarget = async (folder) => {
  const seeds = await heads(6, "fixtures/defi/defi_mapper_labeled_mini.csv");
  seeds.push(
    encode('id;prompt;label\r\n1;"swap 2 ETH; now";swap_asset\r\n2;"a ""b""\n c";abstain\r\n'),
    Uint8Array.from([0xff, 0xfe, ...new Uint8Array(Uint16Array.from([112, 10, 97]).buffer)]),
    encode("prompt\tlabel\rone\tx\rtwo\ty\r"),
  );
  const path = `${folder}/x.csv`;
  return fileTarget(seeds, path, readLabeledCsv, readPrompts, readLabels, readScannerCsv);
};

const jsonl: OpenTarget = async (folder) => {
  const runtime = await openRuntime({ backend: "wordmap" });
  const seeds = await heads(4, "fixtures/defi/defi_mapper_5k_prompts.jsonl");
  seeds.push(
    ...await heads(3, "fixtures/iac/val.jsonl"),
    encode('"swap 2 ETH for USDC"\n{"prompt":"hello","id":1,"policy":{"ltv_max":0.5}}\nplain\n'),
    encode('{"prompt":"repay 5 USDC","context":{"oracle":{"age_sec":5},"prices":{"ETH":1}}}\n'),
  );
  const map = (path: string) => mapFile(runtime, path, `${folder}/out`, { run: {} });
  return fileTarget(seeds, `${folder}/x.jsonl`, readPrompts, readDetections, map);
};

const json: OpenTarget = async (folder) => {
  const runtime = await openRuntime({ backend: "wordmap" });
  const arc = await openRuntime({ domain: "arc" });
  const context = {
    policy: { ltv_max: 0.6, hf_min: 1.2, mapper: { threshold: 0.3 }, assets: { deny: ["X"] } },
    context: {
      oracle: { age_sec: 5, max_age_sec: 30 },
      positions: { collateral_value: 2000, debt_value: 10, assets: { ETH: 1 } },
      prices: { ETH: 2000, USDC: 1 },
      balances: { ETH: 5 },
    },
    grid: [[1, 2], [3, 4]],
    pairs: [{ input: [[1]], output: [[1]] }],
  };
  const run = async (path: string) => {
    const { policy, context, grid, pairs } = (await readJsonFile(path) ?? {}) as Record<
      string,
      unknown
    >;
    await tolerate(
      () => runtime.run({ prompt: "withdraw 1 ETH then borrow 10 USDC", policy, context }),
      () => runtime.run({ prompt: "deposit 1 ETH", callerPolicy: policy, context }),
      () => arc.run({ prompt: "rotate 90 degrees then flip horizontally", grid, pairs }),
    );
  };
  const same = (name: string) => name;
  return jsonTarget(
    [
      context,
      await jsonOf("fixtures/suites/mapper_config.json"),
      await jsonOf("fixtures/defi/m8_per_class_thresholds.json"),
      { wrong: { borrow_asset: 20 }, wrong_default: 5, abstain: 1 },
    ],
    `${folder}/x.json`,
    run,
    readMapperConfig,
    (path) => readPerClassThresholds(path, same),
    (path) => readCostTable(path, same),
  );
};

const suite: OpenTarget = async (folder) => {
  const whole = await jsonOf("fixtures/suites/edges.json") as { cases: unknown[] };
  return jsonTarget([{ ...whole, cases: whole.cases.slice(0, 4) }], `${folder}/x.json`, readSuite);
};

const sarif: OpenTarget = (folder) =>
  Promise.resolve(jsonTarget(
    [{
      version: "2.1.0",
      runs: [{
        tool: { driver: { name: "t", rules: [{ id: "R1", name: "use_of_http" }] } },
        results: [{
          ruleId: "R1",
          ruleIndex: 0,
          message: { text: "m" },
          suppressions: [{ kind: "external" }],
          properties: { label: "TP" },
          locations: [{
            physicalLocation: {
              artifactLocation: { uri: "a/b.pp" },
              region: { startLine: 3, snippet: { text: "x" } },
            },
          }],
        }],
      }],
    }],
    `${folder}/x.sarif`,
    readSarifFindings,
  ));

const yaml: OpenTarget = async (folder) => {
  const seeds = await Promise.all([
    ...["configs/encoder/stage1_offline.yaml", "configs/eval/eval_argmax_offline.yaml"],
  ].map((path) => Deno.readFile(path)));
  seeds.push(encode("CKV_SECRET_6: hard_coded_secret\n'*':\n"));
  return fileTarget(
    seeds,
    `${folder}/x.yaml`,
    async (path) => expandExperiments(await readStageConfig(path)),
    readEvaluationConfig,
    readRules,
  );
};

const DOMAIN_FILES = ["guards.yaml", "lexicon.yaml", "slots.yaml", "taxonomy.yaml"];

/** The first byte says which of the files the others are. */
const domain: OpenTarget = async (folder) => {
  const whole = await Promise.all(
    DOMAIN_FILES.map((name) => Deno.readFile(`examples/home/${name}`)),
  );
  const write = (i: number, bytes: Uint8Array) =>
    Deno.writeFile(`${folder}/${DOMAIN_FILES[i]}`, bytes);
  for (const [i, bytes] of whole.entries()) await write(i, bytes);
  return {
    mutate: (random) => {
      const i = random.integer(whole.length);
      return Uint8Array.from([i, ...mutateBytes(whole[i]!, random)]);
    },
    read: async (bytes) => {
      const i = bytes[0]! % whole.length;
      await write(i, bytes.subarray(1));
      await tolerate(async () => {
        const { planner } = await loadDomain(`${folder}/`);
        planner?.read("turn the kitchen light on and set the heating to 21 degrees");
      });
      await write(i, whole[i]!);
    },
  };
};

const PROMPTS = ["swap 2 ETH for USDC", ""];

/** Half of the files have a right seal: whoever edits one can compute it. */
const mapper: OpenTarget = async (folder) => {
  const data = await readLabeledCsv("fixtures/defi/defi_mapper_labeled_mini.csv");
  await using encoder = await openNgramEncoder({ bits: 8 });
  const trained = await trainMapper(data, encoder, { mask: createMasker([]), method: "sigmoid" });
  const text = serializeArtifact(trained, {
    domain: "defi",
    flags: {},
    operating_point: { threshold: 0.5 },
  });
  return sealedTarget(text, `${folder}/x.json`, async (path) => {
    const artifact = await loadMapper(path);
    await using opened = await openArtifact(artifact, path);
    await opened.predictProbabilities(PROMPTS);
  });
};

const evidence: OpenTarget = async (folder) => {
  const path = `${folder}/x.json`;
  const { model } = await toyModel();
  await saveWdd(path, model);
  return sealedTarget(await Deno.readTextFile(path), path, loadWdd);
};

function sealedTarget(text: string, path: string, read: (path: string) => unknown): Target {
  const { sha256: _, ...body } = JSON.parse(text);
  const target = fileTarget([encode(text)], path, read);
  return {
    ...target,
    mutate: (random) => {
      if (random.integer(4) === 0) return target.mutate(random);
      const changed = mutateJson(body, random);
      return encode(
        typeof changed === "object" && changed !== null
          ? seal(changed).text
          : canonicalJson(changed),
      );
    },
  };
}

const trace: OpenTarget = async (folder) => {
  const runtime = await openRuntime({ backend: "wordmap" });
  const path = `${folder}/x.jsonl`;
  const made = openTrace(path, { durable: false });
  const context = { oracle: { age_sec: 5 }, prices: { ETH: 2000 } };
  for (const prompt of ["swap 2 ETH for USDC", "withdraw 5 ETH"]) {
    made.append(await runtime.run({ prompt, context }), { prompt, context }, runtime);
  }
  const whole = await Deno.readFile(path);
  const lines = new TextDecoder().decode(whole).trimEnd().split("\n").map((line) =>
    JSON.parse(line)
  );
  const append = (path: string) => {
    const request = { prompt: "hello" };
    return runtime.run(request).then((record) =>
      openTrace(path, { durable: false }).append(record, request, runtime)
    );
  };
  const target = fileTarget([whole], path, verifyTrace, readTraceHead, replayTrace, append);
  return {
    ...target,
    mutate: (random) => random.integer(2) === 0 ? target.mutate(random) : reseal(lines, random),
  };
};

/** A trace with a changed line, all hashes right. */
function reseal(lines: readonly unknown[], random: Random): Uint8Array<ArrayBuffer> {
  const at = random.integer(lines.length);
  let prev = TRACE_START;
  const texts = lines.map((line, i) => {
    const changed = i === at ? mutateJson(line, random) : line;
    if (typeof changed !== "object" || changed === null) return canonicalJson(changed);
    const { hash: _, ...body } = { ...changed as TraceLine, prev };
    const sealed = sealTraceLine(body);
    prev = sealed.hash;
    return sealed.text;
  });
  return encode(`${texts.join("\n")}\n`);
}

/** A whole model folder, one of its files changed; the first byte says which. */
function modelTarget(names: readonly string[]): OpenTarget {
  return async (folder) => {
    const model = tinyModel();
    await writeModel(folder, model);
    const whole = names.map((name) => {
      const content = model[name];
      return content instanceof Uint8Array ? content : encode(JSON.stringify(content));
    });
    return {
      mutate: (random) => {
        const i = random.integer(names.length);
        const content = model[names[i]!];
        const bytes = content instanceof Uint8Array || random.integer(2) === 0
          ? mutateBytes(whole[i]!, random)
          : encode(JSON.stringify(mutateJson(content, random)) ?? "");
        return Uint8Array.from([i, ...bytes]);
      },
      read: async (bytes) => {
        const i = bytes[0]! % names.length;
        await Deno.writeFile(`${folder}/${names[i]}`, bytes.subarray(1));
        await tolerate(async () => {
          await using encoder = await openSentenceTransformer(folder);
          await encoder.encode(["swap eth", "Swap", ""]);
        });
        await Deno.writeFile(`${folder}/${names[i]}`, whole[i]!);
      },
    };
  };
}

const onnxBytes: OpenTarget = () => {
  const whole = tinyModel()["onnx/model.onnx"] as Uint8Array;
  return Promise.resolve({
    mutate: (random) => mutateBytes(whole, random),
    read: (bytes) => tolerate(() => importOnnxModel(Uint8Array.from(bytes), "x.onnx")),
  });
};

/** All kinds of files that tasks read, with their shares of the tries. */
export const TARGETS: Readonly<
  Record<string, { readonly share: number; readonly open: OpenTarget }>
> = {
  csv: { share: 20, open: csv },
  jsonl: { share: 15, open: jsonl },
  json: { share: 15, open: json },
  suite: { share: 4, open: suite },
  sarif: { share: 4, open: sarif },
  yaml: { share: 10, open: yaml },
  domain: { share: 4, open: domain },
  mapper: { share: 8, open: mapper },
  evidence: { share: 4, open: evidence },
  trace: { share: 8, open: trace },
  onnx: { share: 3, open: onnxBytes },
  session: { share: 1, open: modelTarget(["onnx/model.onnx"]) },
  tokenizer: {
    share: 4,
    open: modelTarget([
      ...["tokenizer.json", "tokenizer.json", "tokenizer_config.json", "config.json"],
      ...["modules.json", "1_Pooling/config.json", "sentence_bert_config.json"],
    ]),
  },
};
