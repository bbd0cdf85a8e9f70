import { createRandom } from "../../src/core/random.ts";
import { write } from "../temp.ts";

const RIGHT = [
  "password = 'hunter2'",
  'secret_key => "abc123"',
  "url: http://mirror.example.org/x",
];
const WRONG = [
  "password = node['db']['pw']",
  "secret_key => hiera('key')",
  "url: http://localhost/x",
];
const SMELLS = ["hard_coded_secret", "hard_coded_secret", "use_of_http"];
const TECHS = ["chef", "ansible", "puppet"];

/** Writes train.jsonl, val.jsonl and test.jsonl: lines that a few words tell apart, with some noise. */
export async function writeDetections(
  folder: string,
  { train = 120 }: { readonly train?: number } = {},
): Promise<void> {
  for (const [seed, [name, rows]] of [["train", train], ["val", 45], ["test", 60]].entries()) {
    const random = createRandom(seed + 1);
    const lines = Array.from({ length: rows as number }, (_, i) => {
      const kind = random.integer(3);
      const right = i % 3 !== 0;
      const noisy = random.uniform() < 0.08;
      return JSON.stringify({
        id: `${name}-${i}`,
        smell: SMELLS[kind],
        tech: TECHS[(i >> 2) % 3],
        file: `${name}_${i >> 1}.rb`,
        content: `${(right !== noisy ? RIGHT : WRONG)[kind]} # ${random.integer(1000)}`,
        label: right ? "TP" : "FP",
      });
    });
    await write(folder, `${name}.jsonl`, `${lines.join("\n")}\n`);
  }
}
