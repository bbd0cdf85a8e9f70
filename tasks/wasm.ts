import wabt from "wabt";
import { EXIT } from "../src/cli/exit_codes.ts";
import { runCommand } from "../src/cli/run_command.ts";

const SOURCE = "src/mapper/kernels.wat";
const TARGET = "src/mapper/kernels_wasm.ts";

await runCommand({
  name: "wasm",
  summary: `Compiles ${SOURCE} into ${TARGET}.`,
  example: "deno task wasm --check",
  flags: {
    check: { type: "boolean", help: "Write nothing; exit 2 if the compiled file is stale." },
  },
}, async ({ check }, { say }) => {
  const { parseWat } = await wabt();
  const module = parseWat(SOURCE, Deno.readTextFileSync(SOURCE), {
    simd: true,
    relaxed_simd: true,
  });
  module.validate();
  const content = render(module.toBinary({}).buffer);
  if (!check) {
    Deno.writeTextFileSync(TARGET, content);
    say(`wrote ${TARGET}`);
    return EXIT.ok;
  }
  const current = Deno.readTextFileSync(TARGET) === content;
  say(current ? `${TARGET} is current` : `${TARGET} is stale: run deno task wasm`);
  return current ? EXIT.ok : EXIT.gate;
});

function render(binary: Uint8Array): string {
  const lines = binary.toBase64().match(/.{1,90}/g)!.map((line) => `  "${line}",`);
  return [
    "// Compiled from kernels.wat by `deno task wasm`: do not edit.",
    "",
    "/** The WebAssembly module of the training kernels, base64. */",
    "export const KERNELS_WASM: string = [",
    ...lines,
    '].join("");',
    "",
  ].join("\n");
}
