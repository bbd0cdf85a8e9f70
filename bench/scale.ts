// deno-lint-ignore-file no-console -- a benchmark prints
/**
 * Training as rows and classes grow: time, peak memory and size of the file, each case a process of its own.
 *
 *     nice -n 10 deno run -A bench/scale.ts [ROWSxCLASSES …]
 *
 * Prompts are generated: seven words of a long-tailed vocabulary, two of a class's own twenty.
 */
import { openEncoder, trainMapper } from "../mod.ts";
import { createRandom, sha256Hex } from "../src/core/mod.ts";
import { createMasker } from "../src/data/mod.ts";
import { serializeArtifact } from "../src/mapper/mod.ts";
import { textTable } from "../src/report/mod.ts";

const CASES = ["3000x1000", "10000x77", "100000x77"];
const LETTERS = "bcdfghklmnprstvz";
const VOWELS = "aeiou";

/** A word that can be said, the same for the same number. */
function wordOf(number: number): string {
  let word = "";
  for (let left = number + 7; left > 0; left = Math.floor(left / 80)) {
    word += LETTERS[left % 16]! + VOWELS[Math.floor(left / 16) % 5]!;
  }
  return word;
}

function generate(count: number, classes: number) {
  const random = createRandom(1);
  const rows = Array.from({ length: count }, (_, i) => {
    const label = i % classes;
    const words = Array.from({ length: 7 }, () => wordOf(Math.floor(20_000 ** random.uniform())));
    for (const at of [1, 4]) words[at] = wordOf(50_000 + label * 20 + random.integer(20));
    return { id: String(i), line: i + 2, prompt: words.join(" "), label: `class ${label}` };
  });
  return {
    source: "generated",
    rows,
    explicitIds: false,
    skipped: { emptyPrompts: [], emptyLabels: [] },
    sha256: sha256Hex(`${count} ${classes}`),
  };
}

function cpuSeconds(): number {
  const [utime, stime] = Deno.readTextFileSync("/proc/self/stat").split(" ").slice(13, 15);
  return (Number(utime) + Number(stime)) / 100;
}

async function measure(count: number, classes: number): Promise<void> {
  const data = generate(count, classes);
  await using encoder = await openEncoder("lite");
  const start = cpuSeconds();
  let encoded = start;
  const mapper = await trainMapper(data, encoder, {
    mask: createMasker([]),
    method: "none",
    onPhase: (phase) => encoded = phase === "encode" ? cpuSeconds() : encoded,
  });
  const end = cpuSeconds();
  const text = serializeArtifact(mapper, { domain: "generic", flags: {} });
  const [, peak] = /VmHWM:\s+(\d+)/.exec(Deno.readTextFileSync("/proc/self/status"))!;
  console.log(
    JSON.stringify([encoded - start, end - encoded, Number(peak) / 1024, text.length / 1e6]),
  );
}

const [first, ...rest] = Deno.args;
if (first === "--one") {
  const [count, classes] = rest[0]!.split("x").map(Number);
  await measure(count!, classes!);
} else {
  const rows: string[][] = [];
  for (const one of Deno.args.length > 0 ? Deno.args : CASES) {
    const { stdout, success, stderr } = await new Deno.Command("deno", {
      args: [
        "run",
        "-A",
        "--no-check",
        "-q",
        "--v8-flags=--max-old-space-size=8000",
        "bench/scale.ts",
        "--one",
        one,
      ],
    }).output();
    if (!success) {
      rows.push([one, "fails", new TextDecoder().decode(stderr).split("\n")[0]!, "", ""]);
      continue;
    }
    const [encode, fit, peak, size] = JSON.parse(new TextDecoder().decode(stdout)) as number[];
    rows.push([one, encode!.toFixed(1), fit!.toFixed(1), peak!.toFixed(0), size!.toFixed(1)]);
    console.error(rows.at(-1)!.join("  "));
  }
  console.log(
    textTable({
      columns: ["rows × classes", "encoding, CPU s", "fit, CPU s", "peak MB", "file MB"],
      rows,
    }),
  );
}
