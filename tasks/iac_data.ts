import { dirname, join } from "node:path";
import { MicroLmError } from "../mod.ts";
import { checkOutputs, writeFileAtomic } from "../src/core/mod.ts";
import { readLines } from "../src/data/mod.ts";
import {
  buildIacData,
  type DetectionRecord,
  type IacData,
  readDetections,
  readRules,
  splitIacData,
  stringifyDetections,
} from "../src/stages/mod.ts";
import { EXIT } from "../src/cli/exit_codes.ts";
import { usage } from "../src/cli/flags.ts";
import { runCommand } from "../src/cli/run_command.ts";

/** Names of the parts, in the order of the shares. */
const PARTS = ["train", "val", "test"];

/** Faults that are printed one by one. */
const SHOWN = 20;

await runCommand({
  name: "iac-data",
  summary:
    "Builds training rows from the CSV or SARIF of a scanner and the scripts that it scanned.",
  example: "deno task iac-data --detections fixtures/iac/sample/detections.csv " +
    "--scripts fixtures/iac/sample/scripts --out .artifacts/iac/rows.jsonl",
  flags: {
    detections: {
      type: "string",
      value: "FILE",
      data: true,
      help: "CSV with the columns file, line, smell and label (TP or FP), or a .sarif log with " +
        "properties.label, or suppressions for FP.",
    },
    scripts: { type: "string", value: "DIR", help: "Where their paths start." },
    from: {
      type: "string",
      value: "DIR",
      help:
        "Instead of findings: a folder with train.jsonl, val.jsonl and test.jsonl, to be laid " +
        "out as the reference configs read it.",
    },
    rules: {
      type: "string",
      value: "YAML",
      help: "Kind of finding by rule, as `CKV_AWS_19: weak_cryptography_algorithms`; `*` stands " +
        "for all others, an empty one leaves a rule out.",
    },
    tech: {
      type: "string",
      value: "NAME",
      help: "Technology of findings that do not say theirs. Default: by the script's ending.",
    },
    out: {
      type: "string",
      value: "JSONL",
      // Which files it makes is known once the rows are read: checked before the first is written
      writes: () => [],
      required: true,
      help:
        "The rows; with --split or --from the folder of train.jsonl, val.jsonl, test.jsonl and " +
        "<technology>/<technology>_test.jsonl.",
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
}, async (flags, { say, warn, result, checkOutputs: refuseInputs, refuseChanges }) => {
  const shares = readShares(flags.split);
  const { detections, scripts } = flags;
  if (flags.from !== undefined) {
    const parts = await copyParts(flags.from, flags.out);
    for (const part of parts) tellPart(part, say);
    result({ parts: parts.map(({ path, rows }) => ({ path, rows: rows.length })) });
    return EXIT.ok;
  }
  if (detections === undefined || scripts === undefined) {
    throw usage({ name: "iac-data" }, "Expected --detections and --scripts, or --from");
  }
  const excludeFiles = flags.exclude === undefined
    ? new Set<string>()
    : new Set((await readDetections(flags.exclude)).rows.map(({ file }) => file));
  const { context, source, tech } = flags;
  const rules = flags.rules === undefined ? {} : await readRules(flags.rules);
  const data = await buildIacData(detections, scripts, {
    context,
    source,
    excludeFiles,
    rules,
    ...(tech === undefined ? {} : { tech }),
  });
  const { records, faults, repeated, excluded, unmapped } = data;
  for (const { at, message } of faults.slice(0, SHOWN)) {
    warn(
      `${[at.file, at.line, at.column].filter((part) => part !== undefined).join(":")}: ${message}`,
    );
  }
  if (faults.length > SHOWN) warn(`and ${faults.length - SHOWN} more rows that cannot be used`);
  if (faults.length > 0 && !flags.skip_faults) {
    throw new MicroLmError("data", `Cannot use ${faults.length} rows of "${detections}"`, {
      hint: `Nothing was written; --skip_faults writes the other ${records.length}`,
    });
  }
  if (records.length === 0) {
    throw new MicroLmError("data", "Expected findings that can be used, found none", {
      at: { file: detections },
      ...(excluded > 0 ? { hint: `${excluded} are of scripts that --exclude names` } : {}),
    });
  }
  const parts = shares
    ? splitParts(data, shares, flags.seed, flags.out)
    : [{ path: flags.out, rows: records }];
  await refuseInputs(parts.map(({ path }) => path));
  await refuseChanges();
  for (const part of parts) {
    await writeFileAtomic(part.path, stringifyDetections(part.rows));
    tellPart(part, say);
  }
  const sources = [...new Set(records.map((record) => record.source))].sort();
  say(
    `Labels by: ${sources.join(", ")}; repeated rows left out: ${repeated}, excluded: ${excluded}` +
      (unmapped === 0 ? "" : `, of rules without a kind: ${unmapped}`),
  );
  result({
    parts: parts.map(({ path, rows }) => ({ path, rows: rows.length })),
    sources,
    repeated,
    excluded,
    unmapped,
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

/** A file of rows. */
interface Part {
  readonly path: string;
  readonly rows: readonly DetectionRecord[];
}

function splitParts(data: IacData, shares: readonly number[], seed: number, out: string): Part[] {
  const folder = out.endsWith(".jsonl") ? dirname(out) : out;
  return splitIacData(data, shares, seed).flatMap((rows, i) => layOut(folder, PARTS[i]!, rows));
}

/** A part, and of a test set what the evaluations by technology read. */
function layOut(folder: string, name: string, rows: readonly DetectionRecord[]): Part[] {
  const whole = { path: join(folder, `${name}.jsonl`), rows };
  if (name !== "test") return [whole];
  const techs = Map.groupBy(rows, ({ tech }) => tech);
  return [
    whole,
    ...[...techs].sort().map(([tech, own]) => ({
      path: join(folder, tech, `${tech}_test.jsonl`),
      rows: own,
    })),
  ];
}

/** Lays rows out that are split already; a row keeps all its fields. */
async function copyParts(from: string, out: string): Promise<Part[]> {
  const files = (folder: string, of: string) =>
    PARTS.map((name) => ({ name: of, path: join(folder, `${name}.jsonl`) }));
  await checkOutputs(files(from, "--from"), files(out, "--out"));
  const parts: Part[] = [];
  for (const name of PARTS) {
    const path = join(from, `${name}.jsonl`);
    // Read once as training reads it: what is wrong with a row is said here.
    await readDetections(path);
    const rows: DetectionRecord[] = [];
    for await (const line of readLines(path)) {
      if (line.trim() !== "") rows.push(JSON.parse(line) as DetectionRecord);
    }
    parts.push(...layOut(out, name, rows));
  }
  for (const { path, rows } of parts) await writeFileAtomic(path, stringifyDetections(rows));
  return parts;
}

function tellPart({ path, rows }: Part, say: (text: string) => void): void {
  const right = rows.filter(({ label }) => label === "TP").length;
  const files = new Set(rows.map(({ file }) => file)).size;
  say(`Wrote ${path}: ${rows.length} rows of ${files} scripts, ${right} TP`);
}
