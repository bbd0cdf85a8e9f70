import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import fc from "fast-check";
import { MicroLmError } from "../../../src/core/errors.ts";
import { readDetections } from "../../../src/stages/iac/detections.ts";
import { buildIacData, splitIacData } from "../../../src/stages/iac/iac_data.ts";
import { readScannerCsv } from "../../../src/stages/iac/csv.ts";
import {
  type DetectionRecord,
  detectionRecord,
  scriptLines,
  stringifyDetections,
} from "../../../src/stages/iac/record.ts";
import { inTempFolder, write } from "../../temp.ts";

const INIT = "class web {\n  $password = 'letmein'\n  # TODO: split\n\n}\n";
const FINDING = {
  smell: "hard_coded_secret",
  tech: "puppet",
  file: "web/init.pp",
  line: 2,
  label: "TP",
  source: "review",
} as const;

/** A folder of scripts beside a CSV, built. */
async function build(csv: string, scripts: Record<string, string | Uint8Array> = {}) {
  let data: Awaited<ReturnType<typeof buildIacData>> | undefined;
  await inTempFolder(async (folder) => {
    await Deno.mkdir(`${folder}/scripts/web`, { recursive: true });
    const all = { "web/init.pp": INIT, ...scripts };
    for (const [name, text] of Object.entries(all)) await write(`${folder}/scripts`, name, text);
    const path = await write(folder, "found.csv", csv);
    data = await buildIacData(path, `${folder}/scripts`);
  });
  return data!;
}

Deno.test("detectionRecord() has the fields that training and evaluation read", () => {
  const record = detectionRecord(FINDING, scriptLines(INIT), { context: 1 });
  assertMatch(record.id, /^[0-9a-f]{16}$/);
  assertEquals({ ...record, id: "" }, {
    id: "",
    ...FINDING,
    content: "$password = 'letmein'",
    detection_span: [1, 3],
    with_context: "class web {\n  $password = 'letmein'\n  # TODO: split",
    with_prompt: "hard_coded_secret: $password = 'letmein'",
  });
});

Deno.test("detectionRecord() gives max(1, line - 5) to line + 5 by default", () => {
  const lines = Array.from({ length: 30 }, (_, i) => `line ${i + 1}`);
  for (const [line, span] of [[1, [1, 6]], [6, [1, 11]], [7, [2, 12]], [28, [23, 33]]] as const) {
    const record = detectionRecord({ ...FINDING, line }, lines);
    assertEquals(record.detection_span, span);
    assertEquals(record.with_context, lines.slice(span[0] - 1, span[1]).join("\n"));
  }
});

Deno.test("detectionRecord() throws for a line that is empty or not there", () => {
  for (const line of [0, 4, 6]) {
    assertThrows(
      () => detectionRecord({ ...FINDING, line }, scriptLines(INIT)),
      MicroLmError,
      `Expected code on line ${line}`,
    );
  }
});

Deno.test("scriptLines() gives back the lines that were joined, whatever ends them", () => {
  const line = fc.string().map((text) => text.replace(/[\r\n\uFEFF]/g, ""));
  fc.assert(
    fc.property(
      fc.array(line, { minLength: 1 }),
      fc.constantFrom("\n", "\r\n", "\r"),
      (lines, end) => assertEquals(scriptLines(lines.join(end) + end), lines),
    ),
  );
});

Deno.test("buildIacData() gives the rows of the sample that the grammar wrote", async () => {
  const folder = "fixtures/iac/sample";
  const { records, faults } = await buildIacData(`${folder}/detections.csv`, `${folder}/scripts`);
  const fixture = Deno.readTextFileSync("fixtures/iac/val.jsonl").trimEnd().split("\n")
    .map((line) => JSON.parse(line) as DetectionRecord);
  const files = new Set(records.map(({ file }) => file));
  assertEquals(faults, []);
  assertEquals<unknown>(records, fixture.filter(({ file }) => files.has(file)));
});

Deno.test("buildIacData() writes rows that readDetections() reads", async () => {
  await inTempFolder(async (folder) => {
    const { records } = await build("file,line,smell,label\nweb/init.pp,2,hard_coded_secret,TP\n");
    const path = await write(folder, "rows.jsonl", stringifyDetections(records));
    const { rows } = await readDetections(path);
    const { id, content: text, label, smell, tech, file } = records[0]!;
    assertEquals(rows, [{ id, text, label, smell, tech, file }]);
  });
});

Deno.test("readScannerCsv() understands usual names of columns and smells", async () => {
  const { records, faults } = await build(
    "Line Number,Category,Path,Verdict,Tool,Snippet\n" +
      '2,Hardcoded-Secret,./web//init.pp,TP,Puppet,"$password   = \'letm..."\n' +
      "3,suspicious comment,web/init.pp,FP,puppet,\n",
  );
  assertEquals(faults, []);
  assertEquals(
    records.map(({ smell, file, line, label }) => ({ smell, file, line, label })),
    [
      { smell: "hard_coded_secret", file: "web/init.pp", line: 2, label: "TP" },
      { smell: "suspicious_comment", file: "web/init.pp", line: 3, label: "FP" },
    ],
  );
});

const FAULTS: readonly (readonly [string, string, number, string])[] = [
  ["another label", "web/init.pp,2,use_of_http,maybe", 27, 'label "TP" or "FP", found "maybe"'],
  ["a label of every object", "web/init.pp,2,use_of_http,constructor", 27, "constructor"],
  ["no label", "web/init.pp,2,use_of_http,", 27, 'found ""'],
  ["unknown smell", "web/init.pp,2,use_of_htp,TP", 15, "is it use_of_http?"],
  ["line 0", "web/init.pp,0,use_of_http,TP", 13, 'a line number from 1, found "0"'],
  ["half a line", "web/init.pp,3.5,use_of_http,TP", 13, 'found "3.5"'],
  ["no number", "web/init.pp,two,use_of_http,TP", 13, 'found "two"'],
  ["a line after the last", "web/init.pp,6,use_of_http,TP", 13, "found 5 lines"],
  ["an empty line", "web/init.pp,4,use_of_http,TP", 13, "found an empty one"],
  ["a missing script", "web/gone.pp,1,use_of_http,TP", 1, 'Cannot find "web/gone.pp"'],
  ["a folder", "web/d.pp/../..,1,use_of_http,TP", 1, "within the folder"],
  ["a way out", "../outside.pp,1,use_of_http,TP", 1, "within the folder"],
  ["a way out below", "web/../../outside.pp,1,use_of_http,TP", 1, "within the folder"],
  ["an absolute path", "/etc/passwd,1,use_of_http,TP", 1, "within the folder"],
  ["a drive", "c:/init.pp,1,use_of_http,TP", 1, "within the folder"],
  ["backslashes", "..\\outside.pp,1,use_of_http,TP", 1, "within the folder"],
  ["no text", "web/binary.pp,1,use_of_http,TP", 1, "Expected UTF-8"],
  ["unknown technology", "web/init.ini,1,use_of_http,TP", 1, "ends in .rb, .pp, .yml"],
  ["no file", ",1,use_of_http,TP", 1, "within the folder"],
];

for (const [what, row, column, message] of FAULTS) {
  Deno.test(`buildIacData() refuses a row with ${what}, and says where`, async () => {
    const csv = `file,line,smell,label\nweb/init.pp,2,hard_coded_secret,TP\n${row}\n`;
    const binary = { "web/binary.pp": Uint8Array.of(0x61, 0xff, 0xfe) };
    const { records, faults } = await build(csv, binary);
    assertEquals([records.length, faults.length], [1, 1]);
    assertStringIncludes(faults[0]!.message, message);
    assertEquals([faults[0]!.at.line, faults[0]!.at.column], [3, column]);
  });
}

Deno.test("buildIacData() refuses a link that leads out of the folder", async () => {
  await inTempFolder(async (folder) => {
    await write(folder, "outside.pp", INIT);
    await Deno.mkdir(`${folder}/scripts`);
    // Making links needs permissions that the tests do not have.
    const script = `Deno.symlinkSync("../outside.pp", "${folder}/scripts/link.pp")`;
    await new Deno.Command("deno", { args: ["eval", script] }).output();
    const csv = await write(
      folder,
      "found.csv",
      "file,line,smell,label\nlink.pp,2,use_of_http,TP\n",
    );
    const { records, faults } = await buildIacData(csv, `${folder}/scripts`);
    assertEquals(records, []);
    assertStringIncludes(faults[0]!.message, 'within the folder, found the link "link.pp"');
  });
});

Deno.test("a fault after a quoted line break stands where its field begins", async () => {
  const csv =
    'reason,file,line,smell,label\n"two\nlines, ""quoted""",web/init.pp,2,use_of_http,no\n';
  const { faults } = await build(csv);
  assertEquals([faults[0]!.at.line, faults[0]!.at.column], [3, 46]);
});

Deno.test("buildIacData() refuses what the scanner did not see, a second label, a second id", async () => {
  const row = (rest: string) => `web/init.pp,2,hard_coded_secret,${rest}\n`;
  const header = "file,line,smell,label,content,id\n";
  const csv = header + row("TP,$password = 'letmein',a") + row("TP,,b") + row("FP,,c") +
    "web/init.pp,3,suspicious_comment,TP,# FIXME,d\nweb/init.pp,3,suspicious_comment,TP,,a\n";
  const { records, faults, repeated } = await build(csv);
  assertEquals([records.length, repeated], [1, 1]);
  assertEquals(faults.map(({ at }) => [at.line, at.column]), [[4, 33], [5, 37], [6, 38]]);
  assertStringIncludes(faults[0]!.message, "found FP here and TP in line 2");
  assertStringIncludes(faults[1]!.message, 'found "# TODO: split"');
  assertStringIncludes(faults[2]!.message, 'a second "a"');
});

Deno.test("readScannerCsv() refuses a CSV without labels, with two, or without rows", async () => {
  const cases = [
    ["file,line,smell\na.pp,1,use_of_http\n", "review the findings first"],
    ["file,line,smell,label,verdict\na.pp,1,use_of_http,TP,TP\n", '"label" and "verdict"'],
    ["file,line,smell,label\n", "found none"],
  ] as const;
  await inTempFolder(async (folder) => {
    for (const [csv, message] of cases) {
      const path = await write(folder, "found.csv", csv);
      const error = await assertRejects(() => readScannerCsv(path), MicroLmError);
      assertStringIncludes(`${error.message} ${error.hint ?? ""}`, message);
      assertEquals(error.kind, "data");
    }
  });
});

Deno.test("buildIacData() leaves scripts out that another set has", async () => {
  const folder = "fixtures/iac/sample";
  const csv = `${folder}/detections.csv`;
  const scripts = `${folder}/scripts`;
  const all = await buildIacData(csv, scripts);
  const file = all.records[0]!.file;
  const some = await buildIacData(csv, scripts, { excludeFiles: new Set([file]) });
  assert(some.excluded > 0);
  assertEquals(some.records, all.records.filter((record) => record.file !== file));
});

Deno.test("splitIacData() keeps scripts and their copies together, each row in one part", () => {
  const rows = fc.array(fc.record({ script: fc.nat(12), copy: fc.nat(2) }), { minLength: 30 });
  fc.assert(
    fc.property(rows, fc.integer(), (drawn, seed) => {
      fc.pre(new Set(drawn.map(({ script }) => script)).size >= 6);
      const records = drawn.map(({ script, copy }, i) =>
        ({ id: String(i), file: `${script}_${copy}.pp` }) as DetectionRecord
      );
      const groups = drawn.map(({ script }) => String(script));
      const parts = splitIacData({ records, groups }, [2, 1, 1], seed);
      assertEquals(parts, splitIacData({ records, groups }, [2, 1, 1], seed));
      const ids = parts.flat().map(({ id }) => Number(id)).sort((a, b) => a - b);
      assertEquals(ids, [...records.keys()]);
      const scripts = parts.map((part) => new Set(part.map(({ file }) => file.split("_")[0]!)));
      assertEquals(
        new Set(scripts.flatMap((set) => [...set])).size,
        sum(scripts.map((s) => s.size)),
      );
    }),
    { numRuns: 50 },
  );
});

Deno.test("splitIacData() throws if there are fewer scripts than parts", () => {
  const data = { records: [{ id: "1" } as DetectionRecord], groups: ["a"] };
  assertThrows(() => splitIacData(data, [1, 1], 1), MicroLmError, "found 1 with different texts");
});

const sum = (numbers: readonly number[]) => numbers.reduce((total, n) => total + n, 0);
