import { assertEquals, assertStringIncludes } from "@std/assert";
import { inTempFolder, write } from "../temp.ts";
import { tinyModel, writeModel } from "../encoders/tiny_transformer.ts";
import { runTask } from "../tasks/run_task.ts";

const ROWS = ["pay 1 eth,pay", "send 2 eth,pay", "give 3 eth,pay", "stop it,halt", "halt now,halt"];

Deno.test("verify tells the same bytes, other rows, and a file that is no mapper", async () => {
  await inTempFolder(async (folder) => {
    const csv = await write(folder, "t.csv", ["prompt,label", ...ROWS, "end this,halt"].join("\n"));
    const mapper = `${folder}/m.json`;
    const train = ["--labels_csv", csv, "--out_path", mapper, "--C", "2", "--sbert", "ngram"];
    assertEquals((await runTask("train", train)).code, 0);
    const verify = (path: string, labels: string) =>
      runTask("verify", ["--mapper_path", path, "--labels_csv", labels, "--json"]);
    const same = await verify(mapper, csv);
    assertEquals(same.code, 0, same.stderr);
    assertEquals(JSON.parse(same.stdout).same, true);
    const other = await write(folder, "o.csv", ["prompt,label", ...ROWS, "end it,halt"].join("\n"));
    const differs = await verify(mapper, other);
    assertEquals(differs.code, 2, differs.stderr);
    assertStringIncludes(differs.stderr, "Other rows");
    assertEquals(
      [...Deno.readDirSync(".artifacts")].filter(({ name }) => name.startsWith("verify-")),
      [],
    );
    const broken = await write(folder, "b.json", (await Deno.readTextFile(mapper)).slice(0, 900));
    assertEquals((await verify(broken, csv)).code, 65);
    assertEquals((await verify(`${folder}/no.json`, csv)).code, 66);
  });
});

Deno.test("verify knows from the file how a model pools that does not say so", async () => {
  await inTempFolder(async (folder) => {
    const csv = await write(folder, "t.csv", ["prompt,label", ...ROWS, "end this,halt"].join("\n"));
    const plain = { "modules.json": undefined, "1_Pooling/config.json": undefined };
    await writeModel(`${folder}/m`, { ...tinyModel(), ...plain });
    const mapper = `${folder}/m.json`;
    const encoder = ["--sbert", `./${folder}/m+ngram`, "--encoder_cache", "off"];
    const files = ["--labels_csv", csv, "--out_path", mapper];
    const untold = await runTask("train", [...files, ...encoder]);
    assertEquals(untold.code, 66);
    assertStringIncludes(untold.stderr, "--pooling mean");
    assertEquals((await runTask("train", [...files, ...encoder, "--pooling", "cls"])).code, 0);
    const { encoder: { spec } } = JSON.parse(await Deno.readTextFile(mapper));
    assertEquals(spec, `./${folder}/m#cls+ngram`);
    const checked = ["--mapper_path", mapper, "--labels_csv", csv, "--encoder_cache", "off"];
    const { code, stderr } = await runTask("verify", checked);
    assertEquals(code, 0, stderr);
  });
});
