import { assertEquals } from "@std/assert";
import { inTempFolder } from "./temp.ts";
import { walkFiles } from "./walk.ts";

interface Config {
  readonly name: string;
  readonly version: string;
  readonly exports: Readonly<Record<string, string>>;
  readonly publish: { readonly exclude: readonly string[] };
  links?: unknown;
}

const CONFIG = JSON.parse(Deno.readTextFileSync("deno.json")) as Config;

/** Puts what would be published into a folder. */
function pack(folder: string): void {
  const { links: _, ...config } = CONFIG;
  const files = ["mod.ts", ...walkFiles("src", ""), ...walkFiles("std", "")];
  for (const file of files) {
    Deno.mkdirSync(`${folder}/${file.slice(0, file.lastIndexOf("/"))}`, { recursive: true });
    Deno.copyFileSync(file, `${folder}/${file}`);
  }
  Deno.writeTextFileSync(`${folder}/deno.json`, JSON.stringify(config));
}

const MAIN = `
import { decide, openEncoder, readLabeledCsv, trainMapper } from "@micro-lm/core";
import { createMasker } from "@micro-lm/core/data";
import { createPredictor } from "@micro-lm/core/mapper";
import { readPlotly } from "@micro-lm/core/report";
import { loadEngine } from "@micro-lm/core/encoders";

const data = await readLabeledCsv("data.csv");
await using encoder = await openEncoder("lite");
const { model, classes } = await trainMapper(data, encoder, { mask: createMasker([]) });
const features = await encoder.encode(["please cancel my table"]);
const { label } = decide(createPredictor(model)(features).data, classes, { threshold: 0.5 });
const engine = (await loadEngine()).name;
console.log(JSON.stringify({ label, engine, plotly: (await readPlotly()).length > 1e6 }));
`;

const ROWS = `prompt,label
book a table,book
reserve a table for two,book
I want to reserve seats,book
cancel my booking,cancel
drop the reservation,cancel
please cancel it,cancel
`;

Deno.test("a foreign project imports the packed core, trains and decides", async () => {
  await inTempFolder(async (folder) => {
    pack(`${folder}/core`);
    const face = (path: string) => path === "." ? "" : path.slice(1);
    Deno.writeTextFileSync(
      `${folder}/deno.json`,
      JSON.stringify({
        links: ["./core", "./core/std/csv", "./core/std/cli", "./core/std/assert"],
        imports: Object.fromEntries(
          Object.keys(CONFIG.exports).map((path) => [
            `${CONFIG.name}${face(path)}`,
            `jsr:${CONFIG.name}@^${CONFIG.version}${face(path)}`,
          ]),
        ),
      }),
    );
    Deno.writeTextFileSync(`${folder}/main.ts`, MAIN);
    Deno.writeTextFileSync(`${folder}/data.csv`, ROWS);
    const { code, stdout, stderr } = await new Deno.Command("deno", {
      args: [
        "run",
        "--quiet",
        "--no-prompt",
        "--no-check",
        "--allow-read",
        "--allow-env",
        "main.ts",
      ],
      cwd: folder,
      env: { NO_COLOR: "1" },
    }).output();
    const text = new TextDecoder();
    assertEquals(code, 0, text.decode(stderr));
    assertEquals(JSON.parse(text.decode(stdout)), {
      label: "cancel",
      engine: "wasm",
      plotly: true,
    });
  });
});

Deno.test("no test, fixture or tool is published", () => {
  const excluded = new Set(CONFIG.publish.exclude);
  for (const folder of [".ci", "tests", "fixtures", "bench", "notebooks", "configs", "examples"]) {
    assertEquals(excluded.has(folder), true, folder);
  }
});
