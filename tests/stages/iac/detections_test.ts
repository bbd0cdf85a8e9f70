import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { MicroLmError } from "../../../src/core/errors.ts";
import { readDetections } from "../../../src/stages/iac/detections.ts";
import { inTempFolder, write } from "../../temp.ts";

const ROW = {
  content: "uri 'http://x'",
  label: "TP",
  smell: "use_of_http",
  file: "a.rb",
  tech: "chef",
};
const line = (change: Record<string, unknown>) => JSON.stringify({ ...ROW, ...change });

Deno.test("readDetections() reads JSONL and CSV alike", async () => {
  await inTempFolder(async (folder) => {
    const jsonl = await write(
      folder,
      "a.jsonl",
      `${line({ id: "7" })}\n\n${line({ label: "FP" })}\n`,
    );
    const { rows } = await readDetections(jsonl);
    const common = { text: ROW.content, smell: ROW.smell, tech: "chef", file: "a.rb" };
    assertEquals(rows, [{ id: "7", ...common, label: "TP" }, { id: "3", ...common, label: "FP" }]);
    const header = "id,prompt,label,smell,tool,file\n";
    const csv = await write(
      folder,
      "a.csv",
      `${header}7,uri 'http://x',TP,use_of_http,chef,a.rb\n`,
    );
    assertEquals((await readDetections(csv)).rows, rows.slice(0, 1));
  });
});

Deno.test("readDetections() takes the fields and the technology that it is asked for", async () => {
  await inTempFolder(async (folder) => {
    const rows = [line({}), line({ tech: "puppet", with_context: "around" })];
    const path = await write(folder, "a.jsonl", rows.join("\n"));
    const textField = "smell+with_context";
    const read = await readDetections(path, { textField, tech: "puppet" }).catch((error) => error);
    // The first row has no context: it is looked at before it is left out.
    assertStringIncludes(read.message, 'a.jsonl:1: Expected a text "with_context"');
    const path2 = await write(folder, "b.jsonl", rows[1]!);
    const { rows: [row] } = await readDetections(path2, { textField });
    assertEquals(row!.text, "use_of_http: around");
  });
});

const FAULTS = [
  [
    "another label",
    line({ label: "tp" }),
    'a.jsonl:2: Expected the label "TP" or "FP", found "tp"',
  ],
  ["no label", line({ label: undefined }), "a.jsonl:2: Expected the label"],
  ["no text", line({ content: 3 }), 'a.jsonl:2: Expected a text "content"'],
  ["no object", "[1]", "a.jsonl:2: Expected an object"],
  ["no JSON", '{"content": }', "a.jsonl:2:13: Expected JSON"],
] as const;

for (const [name, text, expected] of FAULTS) {
  Deno.test(`readDetections() says where a row has ${name}`, async () => {
    await inTempFolder(async (folder) => {
      const path = await write(folder, "a.jsonl", `${line({})}\n${text}\n`);
      const error = await assertRejects(() => readDetections(path), MicroLmError);
      assertStringIncludes((error as Error).message, expected);
    });
  });
}

Deno.test("readDetections() refuses a file without rows, and one that is not there", async () => {
  await inTempFolder(async (folder) => {
    const path = await write(folder, "a.jsonl", "\n");
    await assertRejects(() => readDetections(path), Error, "Expected detections, found none");
    await assertRejects(() => readDetections(`${folder}/b.jsonl`), Error, "Cannot find");
  });
});
