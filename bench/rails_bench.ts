/** Milliseconds a sample of the parsers and the denoiser: `deno task bench:rails`. */
import {
  denoiseTraces,
  generateHardTraces,
  geodesicParseReport,
  geodesicParseWithPrior,
  stockParse,
} from "../src/rails/mod.ts";

const samples = generateHardTraces(64, 42).map(({ traces }) => traces);
let next = 0;
const sample = () => samples[next++ % samples.length]!;

for (const mode of ["parity", "corrected"] as const) {
  Deno.bench(`stockParse, ${mode}`, { group: "3 x 720" }, () => {
    stockParse(sample(), { mode });
  });
  Deno.bench(`geodesicParseReport, ${mode}`, { group: "3 x 720" }, () => {
    geodesicParseReport(sample(), { mode });
  });
  Deno.bench(`geodesicParseWithPrior, ${mode}`, { group: "3 x 720" }, () => {
    geodesicParseWithPrior(sample(), { mode });
  });
}

Deno.bench("denoiseTraces", { group: "denoise" }, () => {
  denoiseTraces(sample());
});
