import { readJsonFile, writeFileAtomic } from "../src/core/mod.ts";
import { stringifyCsv } from "../src/data/mod.ts";
import { ngfRowsTable, replayParity, runNgfBench } from "../src/rails/mod.ts";
import {
  denoiseTable,
  ngfTable,
  percent,
  readPlotly,
  renderNgfReport,
  textTable,
} from "../src/report/mod.ts";
import { EXIT } from "../src/cli/exit_codes.ts";
import { createProgress } from "../src/cli/progress.ts";
import { runCommand } from "../src/cli/run_command.ts";

await runCommand({
  name: "ngf-bench",
  summary: "Scores the trace parsers and the denoiser on generated hard traces.",
  example: "deno task ngf-bench --samples 200 --out_dir .artifacts/ngf",
  flags: {
    samples: { type: "integer", min: 1, max: 100_000, default: 2000, help: "Traces to parse." },
    seed: { type: "integer", default: 42, help: "Of the traces." },
    tuning_seed: { type: "integer", default: 1000, help: "Of the traces that fit the gates." },
    parity: {
      type: "string",
      value: "FILE",
      default: "tests/golden/stage11_parity_20.json",
      help: "Published traces and answers to replay.",
    },
    out_dir: {
      type: "string",
      value: "FOLDER",
      writes: (folder: string) =>
        ["summary.json", "rows.csv", "report.html"].map((name) => `${folder}/${name}`),
      default: ".artifacts/ngf",
      help: "Where summary.json, rows.csv and report.html go.",
    },
  },
}, async ({ samples, seed, tuning_seed, parity, out_dir }, { say, result }) => {
  const progress = createProgress("ngf-bench");
  const found = runNgfBench({
    samples,
    seed,
    tuningSeed: tuning_seed,
    clock: () => performance.now(),
    onProgress: (share) => progress.update(Math.round(100 * share), 100),
  });
  progress.end();
  const replayed = replayParity(await readJsonFile(parity));
  const { rows: _, ...summary } = found;
  const { columns, rows } = ngfRowsTable(found.rows);
  const records = rows.map((row) => Object.fromEntries(columns.map((name, i) => [name, row[i]])));
  await writeFileAtomic(`${out_dir}/summary.json`, `${JSON.stringify(summary, null, 2)}\n`);
  await writeFileAtomic(`${out_dir}/rows.csv`, stringifyCsv(records, columns));
  await writeFileAtomic(`${out_dir}/report.html`, renderNgfReport(found, await readPlotly()));
  say(textTable(ngfTable(found)));
  say("");
  say(textTable(denoiseTable(found)));
  const { corrected, parity_report } = found.noise_only;
  say(
    `\nOn noise alone: corrected reads an action in ${
      percent(corrected.value)
    } of ${corrected.n} ` +
      `samples, the published rule in ${percent(parity_report.value)}.`,
  );
  const equal = Object.entries(replayed.equal).map(([name, n]) => `${name} ${n}`).join(", ");
  say(
    `Replay of ${replayed.samples} published samples, equal in what is kept and in which order: ` +
      `${equal}; largest difference of a score ${replayed.max_difference.toExponential(1)}`,
  );
  say(`Wrote ${out_dir}/: summary.json, rows.csv, report.html`);
  result({ ...summary, parity: replayed });
  return EXIT.ok;
});
