import wabt from "wabt";
import { EXIT } from "../src/cli/exit_codes.ts";
import { runCommand } from "../src/cli/run_command.ts";

const FEATURES = { simd: true, relaxed_simd: true, threads: true };

interface Kernels {
  readonly source: string;
  readonly target: string;
  readonly constant: string;
  readonly what: string;
  /** Another constant: the same with a memory that workers share. */
  readonly shared?: string;
}

const ALL: readonly Kernels[] = [
  {
    source: "src/core/unpack_kernel.wat",
    target: "src/core/unpack_wasm.ts",
    constant: "UNPACK_WASM",
    what: "reader of packed numbers",
  },
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
    shared: "SHARED_KERNELS_WASM",
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
  summary: "Compiles the WebAssembly text of all kernels into TypeScript.",

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
    const compile = (text: string) => {
      const module = parseWat(source, text, FEATURES);
      // Its types know no features here.
      (module as { validate(features: typeof FEATURES): void }).validate(FEATURES);
      return module.toBinary({}).buffer;
    };
    const content = render(kernels, compile(text)) +
      (kernels.shared ? renderShared(kernels.shared, compile(sharing(text))) : "");
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
  return [
    `// Compiled from ${source.split("/").at(-1)} by \`deno task wasm\`: do not edit.`,
    "",
    `/** The WebAssembly module of the ${what}, base64. */`,
    ...constantLines(constant, binary),
    "",
  ].join("\n");
}

function renderShared(constant: string, binary: Uint8Array): string {
  return ["", "/** The same over a shared memory. */", ...constantLines(constant, binary), ""]
    .join("\n");
}

function constantLines(name: string, binary: Uint8Array): string[] {
  const lines = binary.toBase64().match(/.{1,90}/g)!.map((line) => `  "${line}",`);
  return [`export const ${name}: string = [`, ...lines, '].join("");'];
}

/** Takes the memory from outside, where several instances can share it. */
function sharing(text: string): string {
  return text.replace(
    '(memory (export "memory") 1)',
    '(import "kernels" "memory" (memory 1 65536 shared))',
  );
}
