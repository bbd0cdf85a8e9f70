// deno-lint-ignore-file no-console -- a benchmark prints
/**
 * What a task takes that answers one prompt, from the start of the process to its end: medians over processes
 * that take turns, after two of each that leave compiled code in Deno's cache. `bench/cold_start.py` starts
 * them, with /usr/bin/python3.
 *
 *     deno task bench:cold-start [TURNS, 15 by default]
 *
 * The product's mapper is that of `deno task quickstart`; the other one is trained here, on labels of its own.
 */
import { openEncoder, readLabeledCsv, saveMapper, trainMapper } from "../mod.ts";
import { readTaskConfig } from "../src/cli/permission_flags.ts";
import { mapLabels } from "../src/data/mod.ts";
import { textTable } from "../src/report/mod.ts";

const FOLDER = ".artifacts/cold_start";
const PROMPT = "deposit 10 ETH into aave";
const WARMUP = 2;

interface Taken {
  /** Seconds. */
  readonly wall: number;
  /** Seconds of the processor, in user and in system mode, all threads together. */
  readonly cpu: number;
  /** Peak memory, MiB. */
  readonly mb: number;
}

/** A mapper whose labels no domain knows, over the default encoder. */
async function trainOwn(path: string): Promise<void> {
  const data = await readLabeledCsv("fixtures/defi/defi_mapper_labeled_mini.csv");
  await using encoder = await openEncoder("lite");
  const own = mapLabels(data, (label) => `my_${label}`);
  await saveMapper(path, await trainMapper(own, encoder), { domain: "generic", flags: {} });
}

async function measure(
  commands: Readonly<Record<string, readonly string[]>>,
  turns: number,
): Promise<Readonly<Record<string, readonly Taken[]>>> {
  const python = new Deno.Command("/usr/bin/python3", {
    args: ["bench/cold_start.py"],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const writer = python.stdin.getWriter();
  await writer.write(new TextEncoder().encode(JSON.stringify({ commands, turns, warmup: WARMUP })));
  await writer.close();
  const { success, stdout } = await python.output();
  if (!success) Deno.exit(1);
  return JSON.parse(new TextDecoder().decode(stdout));
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
}

const [turns = "15"] = Deno.args;
await Deno.mkdir(FOLDER, { recursive: true });
const files = {
  own: `${FOLDER}/own_mapper.json`,
  in: `${FOLDER}/one.jsonl`,
  none: `${FOLDER}/nothing.ts`,
};
await trainOwn(files.own);
await Deno.writeTextFile(files.in, `${JSON.stringify(PROMPT)}\n`);
await Deno.writeTextFile(files.none, "");

const { tasks } = readTaskConfig();
const wordsOf = (task: string) => tasks[task]!.command.split(" ");
const map = wordsOf("map");
const toFiles = ["--in", files.in, "--out", `${FOLDER}/out.jsonl`];
const product = ["--mapper_path", ".artifacts/defi_mapper.json", ...toFiles];
const commands = {
  "an empty script, permissions of map": [...map.slice(0, -1), files.none],
  "map --help": [...map, "--help"],
  "map, a mapper of own labels": [...map, "--mapper_path", files.own, ...toFiles],
  "map, the product's mapper": [...map, ...product],
  "the same through deno task": ["deno", "task", "-q", "map", ...product],
  "run, the product's mapper": [...wordsOf("run"), PROMPT],
};
const seen = await measure(commands, Number(turns));
console.log(textTable({
  columns: ["process", "wall ms", "least", "cpu ms", "least", "peak MiB"],
  rows: Object.entries(seen).map(([name, taken]) => {
    const [wall, cpu, mb] = (["wall", "cpu", "mb"] as const).map((key) =>
      taken.map((one) => key === "mb" ? one[key] : 1000 * one[key])
    ) as [number[], number[], number[]];
    return [
      name,
      ...[median(wall), Math.min(...wall), median(cpu), Math.min(...cpu), median(mb)]
        .map((value) => value.toFixed(0)),
    ];
  }),
}));
