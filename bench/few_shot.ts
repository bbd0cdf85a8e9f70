// deno-lint-ignore-file no-console -- a benchmark prints
/**
 * Accuracy from ten rows a class, three draws, with C 8, with C auto at equal weights, and with all that C
 * auto chooses:
 *
 *     deno task bench:few-shot BANKING77_FOLDER SPEC [DTYPE] [ROWS]
 *
 * The folder has train.csv and test.csv (prompt,label). ROWS a class, or `all` rows once.
 */
import { type Dataset, openEncoder, readLabeledCsv, trainMapper } from "../mod.ts";
import { createRandom } from "../src/core/mod.ts";
import { createMasker, takeDataset } from "../src/data/mod.ts";
import { type ModelDtype, parseEncoderSpec } from "../src/encoders/mod.ts";
import { openArtifact, parseArtifact, serializeArtifact } from "../src/mapper/mod.ts";
import { textTable } from "../src/report/mod.ts";

const cache = { dir: ".cache/embeddings" };
const [folder, spec, dtype = "fp32", shots = "10"] = Deno.args;
const most = shots === "all" ? Infinity : Number(shots);
const seeds = shots === "all" ? [1] : [1, 2, 3];
const read = (name: string) => readLabeledCsv(`${folder}/${name}.csv`);
const [train, test] = await Promise.all([read("train"), read("test")]);

function draw(seed: number): Dataset {
  const counts = new Map<string, number>();
  const order = createRandom(seed).shuffle([...train!.rows.keys()]);
  const chosen = order.filter((row) => {
    const label = train!.rows[row]!.label!;
    counts.set(label, (counts.get(label) ?? 0) + 1);
    return counts.get(label)! <= most;
  });
  return takeDataset(train!, Uint32Array.from(chosen).sort());
}

// A written weight is kept, so that C alone is chosen beside the map.
const equal = parseEncoderSpec(spec!).map(({ name }) => `${name}*1`).join("+");
const rows: string[][] = [];
for (
  const [what, encoderSpec, C] of [["C 8", spec!, 8], ["auto, equal weights", equal, "auto"], [
    "auto",
    spec!,
    "auto",
  ]] as const
) {
  await using encoder = await openEncoder(encoderSpec, {
    dtype: dtype as ModelDtype,
    cache,
  });
  for (const seed of seeds) {
    const trained = await trainMapper(draw(seed), encoder, {
      mask: createMasker([]),
      method: "none",
      classWeight: "balanced",
      C,
    });
    const text = serializeArtifact(trained, { domain: "generic", flags: {} });
    await using mapper = await openArtifact(parseArtifact(text), "bench", { cache });
    const { data, cols } = await mapper.predictProbabilities(test!.rows.map((row) => row.prompt));
    const right = test!.rows.filter(({ label }, i) => {
      const row = data.subarray(i * cols, (i + 1) * cols);
      return trained.classes[row.indexOf(Math.max(...row))] === label;
    }).length;
    const { chosen_C, chosen_blocks } = trained.training;
    rows.push([
      what,
      String(seed),
      (100 * right / test!.rows.length).toFixed(2),
      String(chosen_C?.C ?? C),
      chosen_blocks?.weights.join(", ") ?? "",
      String(chosen_blocks?.spread ?? ""),
    ]);
    console.error(rows.at(-1)!.join("  "));
  }
}
console.log(textTable({
  columns: ["trained", "draw", "accuracy %", "C", "weights", "spread"],
  rows,
}));
