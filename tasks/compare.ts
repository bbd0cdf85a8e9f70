import { basename } from "node:path";
import { loadMapper, openMapper } from "../mod.ts";
import { EXIT } from "../src/cli/exit_codes.ts";
import { usage } from "../src/cli/flags.ts";
import { runCommand } from "../src/cli/run_command.ts";
import { writeFileAtomic } from "../src/core/mod.ts";
import { groupPrompts, stringifyCsv } from "../src/data/mod.ts";
import { printable, readPlotly, renderCompareReport, textTable } from "../src/report/mod.ts";
import { compareDecisions } from "../src/trust/mod.ts";
import { mapperOptions, OPEN_MAPPER_FLAGS } from "./_encoder_flags.ts";
import { LABELS_FLAGS, openLabels } from "./_labels.ts";

/** What two mappers are called: their files, by as much of the path as tells them apart. */
function namesOf(first: string, second: string): readonly [string, string] {
  const name = (path: string) => basename(path).replace(/\.json$/, "");
  return name(first) === name(second) ? [first, second] : [name(first), name(second)];
}

await runCommand({
  name: "compare",
  summary: "Compares two mappers on one labelled set, each at its own operating point: paired " +
    "differences with bootstrap intervals, McNemar's test, and the prompts that flip.",
  example:
    "deno task compare .artifacts/quickstart/large_mapper.json .artifacts/defi_mapper.json " +
    "--labels_csv fixtures/defi/defi_mapper_labeled_mini.csv",
  positional: "A.json B.json",
  flags: {
    labels_csv: {
      type: "string",
      value: "FILE",
      data: true,
      required: true,
      help: "Rows that judge.",
    },
    ...LABELS_FLAGS,
    ...OPEN_MAPPER_FLAGS,
    show: { type: "integer", min: 0, default: 10, help: "Prompts that flip to print." },
    out_csv: {
      type: "string",
      value: "FILE",
      writes: (path: string) => [path],
      help: "Where all prompts that flip go.",
    },
    out_html: {
      type: "string",
      value: "FILE",
      writes: (path: string) => [path],
      help: "A page with both side by side.",
    },
  },
}, async (flags, context) => {
  const { say, paint, result, positional } = context;
  const [pathA, pathB] = positional;
  if (positional.length !== 2) {
    throw usage({ name: "compare" }, `Expected two mappers, got ${positional.length}`);
  }
  await context.checkInputs(positional);
  const domain = flags.domain === "auto" ? (await loadMapper(pathA!)).domain : flags.domain;
  const { dataset, mask } = await openLabels(flags.labels_csv, { ...flags, domain }, context);
  const prompts = dataset.rows.map(({ prompt }) => prompt);
  const decide = async (path: string) => {
    await using mapper = await openMapper(path, mapperOptions(flags, context));
    return await mapper.decide(prompts, mapper.point);
  };
  const decisions = [await decide(pathA!), await decide(pathB!)] as const;
  const [first, second] = decisions.map((some) => some.map(({ label }) => label)) as [
    (string | null)[],
    (string | null)[],
  ];
  const gold = dataset.rows.map(({ label }) => label!);
  const found = compareDecisions({ gold, first, second, groups: groupPrompts(prompts, { mask }) });
  const flips = found.flips.map((row): Record<string, unknown> => ({
    line: dataset.rows[row]!.line,
    prompt: prompts[row],
    label: gold[row],
    first: first[row] ?? "abstain",
    second: second[row] ?? "abstain",
  }));
  const points = (value: number) => `${value > 0 ? "+" : ""}${(100 * value).toFixed(1)}`;
  say(textTable({
    columns: ["second less first", "points", "95% interval"],
    rows: (["accuracy", "coverage", "wrong_rate"] as const).map((name) => {
      const { value, ci_low, ci_high } = found[name];
      return [name, points(value), `${points(ci_low)} to ${points(ci_high)}`];
    }),
  }));
  const { mcnemar, group_test } = found;
  say(
    `McNemar over ${found.rows} rows: only the first right ${mcnemar.only_first}, only the second ` +
      `${mcnemar.only_second}, p = ${mcnemar.p_value.toPrecision(2)}; over ${found.groups} ` +
      `templates p = ${group_test.p_value.toPrecision(2)}`,
  );
  say(
    found.different
      ? `${paint.good("Different")}: the ${
        found.accuracy.value > 0 ? "second" : "first"
      } is right more often`
      : "No difference that these rows could show",
  );
  const shown = flips.slice(0, flags.show).map((flip) =>
    Object.values(flip).map((value) => printable(String(value), 60))
  );
  if (shown.length > 0) {
    say(textTable({ columns: ["line", "prompt", "label", "first", "second"], rows: shown }));
  }
  say(`${flips.length} prompts flip`);
  if (flags.out_csv !== undefined) {
    const columns = ["line", "prompt", "label", "first", "second"];
    await writeFileAtomic(flags.out_csv, stringifyCsv(flips, columns));
    say(`Wrote ${flags.out_csv}`);
  }
  if (flags.out_html !== undefined) {
    const [a, b] = namesOf(pathA!, pathB!);
    const page = renderCompareReport({
      prompts,
      gold,
      first: { name: a, decisions: decisions[0] },
      second: { name: b, decisions: decisions[1] },
      found,
    }, await readPlotly());
    await writeFileAtomic(flags.out_html, page);
    say(`Wrote ${flags.out_html}`);
  }
  result({ first: pathA, second: pathB, labels_csv: flags.labels_csv, ...found, flips });
  return EXIT.ok;
});
