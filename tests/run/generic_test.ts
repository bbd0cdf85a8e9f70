import { assert, assertEquals, assertRejects } from "@std/assert";
import { MicroLmError } from "../../src/core/errors.ts";
import { readLabeledCsv } from "../../src/data/dataset.ts";
import { openEncoder } from "../../src/encoders/open.ts";
import { trainMapper } from "../../src/evaluate/deciding_mapper.ts";
import { saveMapper } from "../../src/mapper/file/mapper_file.ts";
import { openRuntime } from "../../src/run/runtime.ts";
import { inTempFolder, write } from "../temp.ts";

const CSV = `prompt,label
book a table for two,book
reserve seats for tonight please,book
can I get a table,book
cancel my booking,cancel
drop the reservation,cancel
please cancel it,cancel
when do you open,hours
are you open on sunday,hours
opening hours please,hours
`;

/** Opens a runtime over a mapper whose labels are nobody's domain. */
async function withMapper(
  domain: string,
  run: (path: string) => Promise<void>,
): Promise<void> {
  await inTempFolder(async (folder) => {
    const dataset = await readLabeledCsv(await write(folder, "a.csv", CSV));
    await using encoder = await openEncoder("ngram");
    const mapper = await trainMapper(dataset, encoder);
    const path = `${folder}/m.json`;
    await saveMapper(path, mapper, { domain, flags: {}, operating_point: { threshold: 0.3 } });
    await run(path);
  });
}

for (const domain of ["generic", "restaurant"]) {
  Deno.test(`a mapper of the domain ${domain} is mapped at its own point`, async () => {
    await withMapper(domain, async (modelPath) => {
      await using runtime = await openRuntime({ modelPath });
      assertEquals([runtime.domain, runtime.point().point.threshold], [domain, 0.3]);
      const [one] = await runtime.map(["cancel the table"], undefined, { topK: 2 });
      assertEquals([one!.label, one!.top.length], ["cancel", 2]);
      assertEquals(one!.top[0], { label: "cancel", probability: one!.confidence });
      assert(one!.top[0]!.probability >= one!.top[1]!.probability);
      const [all] = await runtime.map(["cancel the table"], undefined, { topK: 100 });
      assertEquals(all!.top.map(({ label }) => label).sort(), ["book", "cancel", "hours"]);
    });
  });

  Deno.test(`a run of the domain ${domain} says what it lacks, and what there is`, async () => {
    await withMapper(domain, async (modelPath) => {
      await using runtime = await openRuntime({ modelPath });
      const error = await assertRejects(() => runtime.run({ prompt: "cancel it" }), MicroLmError);
      assertEquals(error.kind, "usage");
      assert(error.message.includes(domain) && error.hint!.includes("POST /v1/map"), error.hint);
    });
  });
}

Deno.test("a mapper of one domain is refused under another's name", async () => {
  await withMapper("generic", async (modelPath) => {
    const open = () => openRuntime({ modelPath, domain: "defi" });
    const error = await assertRejects(open, MicroLmError, "found one of generic");
    assertEquals(error.kind, "data");
  });
});
