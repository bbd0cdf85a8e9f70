import { assert, assertEquals } from "@std/assert";
import { createRandom } from "../../src/core/random.ts";
import { readLabeledCsv } from "../../src/data/dataset.ts";
import { createMasker } from "../../src/data/template.ts";
import { openEncoder } from "../../src/encoders/open.ts";
import { auditLabels } from "../../src/trust/audit_labels.ts";
import { nearest, openNeighbours } from "../../src/trust/neighbours.ts";
import { inTempFolder, write } from "../temp.ts";
import { runTask } from "../tasks/run_task.ts";

Deno.test("auditLabels() ranks most flipped labels of 1,000 rows in its top 5%", async () => {
  const data = await readLabeledCsv("fixtures/defi/defi_mapper_labeled_large.csv");
  const classes = [...new Set(data.rows.map(({ label }) => label!))].sort();
  const random = createRandom(7);
  const flipped = new Set(random.shuffle([...data.rows.keys()]).slice(0, 30));
  const rows = data.rows.map((row, i) =>
    flipped.has(i)
      ? { ...row, label: random.pick(classes.filter((name) => name !== row.label)) }
      : row
  );
  await using encoder = await openEncoder("lite");
  const audited = await auditLabels({ ...data, rows }, { encoder, mask: createMasker([]) });
  assertEquals(audited.map(({ rank }) => rank), rows.map((_, i) => i + 1));
  const top = audited.slice(0, 50).filter(({ row }) => flipped.has(rows.indexOf(row)));
  assert(top.length >= 20, `${top.length} of 30`);
  const issues = audited.filter(({ issue }) => issue === "mislabelled");
  const right = issues.filter(({ row }) => flipped.has(rows.indexOf(row)));
  // Most flips are named, by a list that is a tenth of the file: its own doubtful rows are in it, too.
  assert(right.length >= 20 && issues.length <= 100, `${right.length} of ${issues.length}`);
});

Deno.test("nearest() is what sorting all cosines gives", async () => {
  const { rows } = await readLabeledCsv("fixtures/defi/defi_mapper_labeled_mini.csv");
  const prompts = rows.slice(0, 80).map(({ prompt }) => prompt);
  const search = await openNeighbours(prompts);
  for (const row of [0, 17, 79]) {
    const found = Float32Array.from(search.similarities(row));
    assert(Math.abs(found[row]! - 1) < 1e-5);
    const expected = [...found.keys()].filter((i) => i !== row && found[i]! > 0)
      .sort((a, b) => found[b]! - found[a]! || a - b).slice(0, 7);
    assertEquals(nearest(found, 7, (i) => i === row).map(({ row }) => row), expected);
  }
});

Deno.test("audit-labels writes all rows, and refuses a file without enough phrasings", async () => {
  await inTempFolder(async (folder) => {
    const out = `${folder}/audit.csv`;
    const args = ["--labels_csv", "fixtures/defi/defi_mapper_labeled_mini.csv", "--out_csv", out];
    const permissions = ["--allow-read=.", "--allow-write=.artifacts,.cache"];
    const { code, stdout, stderr } = await runTask("audit_labels", [...args, "--json"], {
      permissions,
    });
    assertEquals(code, 0, stderr);
    const { rows } = await readLabeledCsv(out);
    assertEquals([rows.length, JSON.parse(stdout).rows], [360, 360]);
    const thin = await write(folder, "thin.csv", "prompt,label\nsay 1,a\ngo,b\n");
    const refused = await runTask("audit_labels", ["--labels_csv", thin], { permissions });
    assertEquals(refused.code, 65, refused.stderr);
    const missing = await runTask("audit_labels", ["--labels_csv", `${folder}/no.csv`]);
    assertEquals(missing.code, 66);
  });
});
