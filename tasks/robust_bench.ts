import { MicroLmError, openRuntime } from "../mod.ts";
import { EXIT } from "../src/cli/exit_codes.ts";
import { createProgress } from "../src/cli/progress.ts";
import { runCommand } from "../src/cli/run_command.ts";
import { writeFileAtomic } from "../src/core/mod.ts";
import { percentWithInterval, printable, textTable } from "../src/report/mod.ts";
import { type AttackResult, attackRuntime, makeAttacks } from "../src/trust/mod.ts";
import { mapperOptions, OPEN_MAPPER_FLAGS } from "./_encoder_flags.ts";
import { readJsonFlag } from "./_json_flag.ts";
import { LABELS_FLAGS, openLabels } from "./_labels.ts";

const WORDMAP = "wordmap";

await runCommand({
  name: "robust-bench",
  summary:
    "Attacks mappers, alone and through the whole pipeline, at their own operating points: " +
    "typos, case, homoglyphs, negation, questions, quotations, near-miss verbs, other domains, " +
    "several intents, injections; exits with 2 above --max_wrong_rate.",
  example: "deno task robust-bench --mappers wordmap,.artifacts/defi_mapper.json --count 20 " +
    "--labels_csv fixtures/defi/defi_mapper_labeled_mini.csv",
  flags: {
    labels_csv: {
      type: "string",
      value: "FILE",
      required: true,
      help: "Orders that the attacks are made of.",
    },
    mappers: {
      type: "string",
      value: "A,B,…",
      default: `${WORDMAP},.artifacts/defi_mapper.json`,
      help: "Files of mappers, or wordmap, the keyword mapper of the domain.",
    },
    ...LABELS_FLAGS,
    ...OPEN_MAPPER_FLAGS,
    count: { type: "integer", min: 1, max: 10000, default: 200, help: "Attacks of each kind." },
    seed: { type: "integer", default: 0, help: "Of the attacks." },
    context: {
      type: "string",
      value: "JSON|@FILE",
      help: "Facts of the runs: with none, guards that lack them stop attacks, too.",
    },
    policy: { type: "string", value: "JSON|@FILE", help: "Policy of the runs." },
    max_wrong_rate: {
      type: "number",
      min: 0,
      max: 1,
      default: 1,
      help: "Gate: the most wrong actions of a kind through the pipeline.",
    },
    out_json: {
      type: "string",
      value: "FILE",
      default: ".artifacts/robust_bench.json",
      writes: (path: string) => [path],
      help: "Where the results go; card reads them.",
    },
  },
}, async (flags, context) => {
  const { say, result } = context;
  const mappers = flags.mappers.split(",").map((name) => name.trim());
  const inputs = mappers.filter((name) => name.includes("/") || name.endsWith(".json"));
  await context.checkInputs(inputs);
  const { dataset } = await openLabels(flags.labels_csv, flags, context);
  const { count, seed } = flags;
  const attacks = makeAttacks(dataset, { count, seed });
  if (attacks.length === 0) {
    throw new MicroLmError("data", "Expected orders that begin with a verb, found none", {
      at: { file: flags.labels_csv },
      hint: "A verb is a first word that five rows share, nearly all of one label",
    });
  }
  const [facts, policy] = [
    await readJsonFlag("context", flags.context),
    await readJsonFlag("policy", flags.policy),
  ];
  const results: Record<string, AttackResult[]> = {};
  for (const path of mappers) {
    const isWordmap = path === WORDMAP;
    await using runtime = await openRuntime({
      ...(flags.domain !== "auto" && { domain: flags.domain }),
      ...(isWordmap ? { backend: "wordmap" } : { modelPath: path }),
      mapper: mapperOptions(flags, context),
      useWordmapFallback: false,
    });
    const progress = createProgress(path);
    results[path] = await attackRuntime(runtime, attacks, {
      ...(facts !== undefined && { context: facts }),
      ...(policy !== undefined && { policy }),
      onAttack: progress.update,
    });
    progress.end();
    say(`${path}, wrong actions`);
    say(textTable({
      columns: ["attack", "mapper alone", "whole pipeline", "carried out as it should"],
      rows: results[path].map(({ kind, mapper, pipeline, right }) => [
        ...[kind, percentWithInterval(mapper), percentWithInterval(pipeline)],
        percentWithInterval(right),
      ]),
    }));
    for (const { kind, examples: [first] } of results[path]) {
      if (first !== undefined) say(`  ${kind}: ${printable(first, 100)}`);
    }
  }
  const report = { labels_csv: flags.labels_csv, attacks: attacks.length, count, seed, results };
  await context.refuseChanges();
  await writeFileAtomic(flags.out_json, `${JSON.stringify(report, null, 2)}\n`);
  say(`Wrote ${flags.out_json}`);
  result(report);
  const worst = Math.max(
    ...Object.values(results).flat().map(({ pipeline }) => pipeline.value ?? 0),
  );
  return worst > flags.max_wrong_rate ? EXIT.gate : EXIT.ok;
});
