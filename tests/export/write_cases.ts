/** Writes every exported case into a folder, for engines outside of this project. */
import { CASES, exportCase } from "./cases.ts";

const folder = Deno.args[0]!;
await Deno.mkdir(folder, { recursive: true });
for (const [i, one] of CASES.entries()) {
  const { model, runs } = await exportCase(one, "wasm");
  await Deno.writeFile(`${folder}/case_${i}.onnx`, model);
  await Deno.writeTextFile(`${folder}/case_${i}.json`, JSON.stringify({ case: one, runs }));
}
