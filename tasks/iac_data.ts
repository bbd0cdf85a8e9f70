import { dirname, join } from "node:path";
import { MicroLmError } from "../mod.ts";
import { writeFileAtomic } from "../src/core/mod.ts";
import {
  buildIacData,
  type DetectionRecord,
  type IacData,
  readDetections,
  splitIacData,
  stringifyDetections,
} from "../src/stages/mod.ts";
import { EXIT } from "../src/cli/exit_codes.ts";
import { runCommand } from "../src/cli/run_command.ts";

/** Names of the parts, in the order of the shares. */
const PARTS = ["train", "val", "test"];

/** Faults that are printed one by one. */
const SHOWN = 20;

await runCommand({
  name: "iac-data",
  summary: "Builds training rows from the CSV of a scanner and the scripts that it scanned.",
  example: "deno task iac-data --detections fixtures/iac/sample/detections.csv " +
    "--scripts fixtures/iac/sample/scripts --out .artifacts/iac/rows.jsonl",
  flags: {
    detections: {
      type: "string",
      value: "CSV",
      required: true,
      help: "Findings with the columns file, line, smell and label (TP or FP).",
    },
    scripts: { type: "string", value: "DIR", required: true, help: "Where their paths start." },
    out: {
      type: "string",
      value: "JSONL",
      required: true,
      help: "The rows; with --split the place of train.jsonl, val.jsonl and test.jsonl.",
    },
    split: {
      type: "string",
      value: "N/N/N",
      help: "Shares of train, val and test, as 8/1/1 or 9/1; a script is in one of them.",
    },
    seed: { type: "integer", default: 42, help: "Of the split." },
    context: { type: "integer", min: 0, max: 1000, default: 5, help: "Lines on each side." },
    source: {
      type: "string",
      value: "TEXT",
      default: "unstated",
      help: "Who gave the labels, where the CSV has no column for it.",
    },
    exclude: {
      type: "string",
      value: "JSONL",
      help: "Rows whose scripts are left out, for example a test set that stays as it is.",
    },
    skip_faults: { type: "boolean", help: "Write the other rows when some cannot be used." },
  },
}, async (flags, { say, warn, result }) => {
  const shares = readShares(flags.split);
  const excludeFiles = flags.exclude === undefined
    ? new Set<string>()
    : new Set((await readDetections(flags.exclude)).rows.map(({ file }) => file));
  const { context, source } = flags;
  const data = await buildIacData(flags.detections, flags.scripts, {
    context,
    source,
    excludeFiles,
  });
  const { records, faults, repeated, excluded } = data;
  for (const { at, message } of faults.slice(0, SHOWN)) {
    warn(
      `${[at.file, at.line, at.column].filter((part) => part !== undefined).join(":")}: ${message}`,
    );
  }
  if (faults.length > SHOWN) warn(`and ${faults.length - SHOWN} more rows that cannot be used`);
  if (faults.length > 0 && !flags.skip_faults) {
    throw new MicroLmError("data", `Cannot use ${faults.length} rows of "${flags.detections}"`, {
      hint: `Nothing was written; --skip_faults writes the other ${records.length}`,
    });
  }
  if (records.length === 0) {
    throw new MicroLmError("data", "Expected findings that can be used, found none", {
      at: { file: flags.detections },
      ...(excluded > 0 ? { hint: `${excluded} are of scripts that --exclude names` } : {}),
    });
  }
  const parts = shares ? splitParts(data, shares, flags.seed, flags.out) : [[flags.out, records]];
  for (const [path, rows] of parts as [string, readonly DetectionRecord[]][]) {
    await writeFileAtomic(path, stringifyDetections(rows));
    const right = rows.filter(({ label }) => label === "TP").length;
    const files = new Set(rows.map(({ file }) => file)).size;
    say(`Wrote ${path}: ${rows.length} rows of ${files} scripts, ${right} TP`);
  }
  const sources = [...new Set(records.map((record) => record.source))].sort();
  say(
    `Labels by: ${sources.join(", ")}; repeated rows left out: ${repeated}, excluded: ${excluded}`,
  );
  result({
    parts: parts.map(([path, rows]) => ({ path, rows: rows!.length })),
    sources,
    repeated,
    excluded,
    faults,
  });
  return EXIT.ok;
});

/** The shares of `8/1/1`. */
function readShares(text: string | undefined): number[] | undefined {
  if (text === undefined) return undefined;
  const shares = text.split(/[/:]/).map((share) => Number(share.trim() || NaN));
  if (shares.length >= 2 && shares.length <= PARTS.length && shares.every((share) => share > 0)) {
    return shares;
  }
  throw new MicroLmError("usage", `Flag "--split" takes shares as 8/1/1 or 9/1, got "${text}"`);
}

function splitParts(
  data: IacData,
  shares: readonly number[],
  seed: number,
  out: string,
): [string, readonly DetectionRecord[]][] {
  const folder = out.endsWith(".jsonl") ? dirname(out) : out;
  return splitIacData(data, shares, seed).map((
    rows,
    i,
  ) => [join(folder, `${PARTS[i]}.jsonl`), rows]);
}
