import wabt from "wabt";
import { EXIT } from "../src/cli/exit_codes.ts";
import { runCommand } from "../src/cli/run_command.ts";

interface Kernels {
  readonly source: string;
  readonly target: string;
  readonly constant: string;
  readonly what: string;
}

const ALL: readonly Kernels[] = [
  {
    source: "src/encoders/lite/static_kernel.wat",
    target: "src/encoders/lite/static_wasm.ts",
    constant: "STATIC_WASM",
    what: "static encoder",
  },
  {
    source: "src/mapper/fit/kernels.wat",
    target: "src/mapper/fit/kernels_wasm.ts",
    constant: "KERNELS_WASM",
    what: "training kernels",
  },
  {
    source: "src/stages/transformer/kernels.wat",
    target: "src/stages/transformer/kernels_wasm.ts",
    constant: "TRANSFORMER_KERNELS_WASM",
    what: "fine-tuning kernels",
  },
];

await runCommand({
  name: "wasm",
  summary: "Compiles the WebAssembly text of encoders, training and fine-tuning into TypeScript.",

  example: "deno task wasm --check",
  flags: {
    check: { type: "boolean", help: "Write nothing; exit 2 if the compiled file is stale." },
  },
}, async ({ check }, { say }) => {
  const { parseWat } = await wabt();
  let stale = false;
  for (const kernels of ALL) {
    const { source, target } = kernels;
    const text = Deno.readTextFileSync(source);
    const module = parseWat(source, text, { simd: true, relaxed_simd: true });
    module.validate();
    const content = render(kernels, module.toBinary({}).buffer);
    if (!check) {
      Deno.writeTextFileSync(target, content);
      say(`wrote ${target}`);
      continue;
    }
    const current = Deno.readTextFileSync(target) === content;
    say(current ? `${target} is current` : `${target} is stale: run deno task wasm`);
    stale ||= !current;
  }
  return stale ? EXIT.gate : EXIT.ok;
});

function render({ source, constant, what }: Kernels, binary: Uint8Array): string {
  const lines = binary.toBase64().match(/.{1,90}/g)!.map((line) => `  "${line}",`);
  return [
    `// Compiled from ${source.split("/").at(-1)} by \`deno task wasm\`: do not edit.`,
    "",
    `/** The WebAssembly module of the ${what}, base64. */`,
    `export const ${constant}: string = [`,
    ...lines,
    '].join("");',
    "",
  ].join("\n");
}
