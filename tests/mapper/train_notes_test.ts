import { assertStringIncludes } from "@std/assert";
import { readLabeledCsv } from "../../src/data/dataset.ts";
import { openEncoder } from "../../src/encoders/open.ts";
import { trainMapper } from "../../src/mapper/train.ts";
import { inTempFolder } from "../temp.ts";

const CSV = `prompt,label
swap a,swap
swap b,swap
sell it,class number 0
stake a,stake
stake b,stake
`;

Deno.test("notes of a training name classes as people do", async () => {
  await inTempFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/data.csv`, CSV);
    const data = await readLabeledCsv(`${folder}/data.csv`);
    await using encoder = await openEncoder("ngram");
    const mask = (prompt: string) => prompt;
    const { training } = await trainMapper(data, encoder, { mask, method: "temperature" });
    assertStringIncludes(training.notes!.join(), 'leaves out class "class number 0": fewer than 2');
  });
});
