import { ABSTAIN_CLASS } from "../core/abstain_class.ts";
import { sha256Hex } from "../core/hash.ts";
import type { Domain } from "../domains/domain.ts";
import type { Mapper } from "../mapper/mapper.ts";
import { supports } from "../rails/wdd/shares.ts";
import type { Evidence, RailsRequest } from "./evidence.ts";
import { type AuditPolicy, DEFAULT_POLICY } from "./policy/policy.ts";

/** What stands around a mapper. */
export interface RailsAround extends RailsRequest {
  readonly domain: Domain;
  readonly evidence: Evidence;
  /** Gates of the evidence. Default: those of the default policy. */
  readonly audit?: AuditPolicy;
}

/** Prompts that are judged at a time. */
const BATCH = 256;

/**
 * A mapper with the gates of the words and binding rails around it: where the words refuse a prompt, or the
 * evidence refutes the most probable action, no class has a probability, and nothing fires at any
 * threshold. So a sweep or a certificate is over mapper, gates and rails together. Its hash is its own: a
 * point of the pair belongs to no file of the mapper alone.
 *
 * Disposing it leaves mapper and evidence open.
 *
 * @example
 * ```ts
 * import { openDomain, readLabeledCsv } from "micro-lm";
 * import { openWordmap } from "micro-lm/mapper";
 * import { saveWdd } from "micro-lm/rails";
 * import { fitRails, openEvidence, railMapper } from "micro-lm/run";
 * import { assertEquals } from "@std/assert";
 *
 * const domain = await openDomain("defi");
 * const data = await readLabeledCsv("fixtures/defi/defi_mapper_labeled_mini.csv");
 * const path = ".artifacts/example_rail_mapper.json";
 * await saveWdd(path, await fitRails(data, domain));
 * await using evidence = await openEvidence(path);
 * const words = openWordmap(domain.lexicon!);
 * const around = { domain, evidence, stage: "stage10", T: 180 } as const;
 * const { data: shares, cols } = await railMapper(words, around).predictProbabilities([
 *   "swap 2 ETH for USDC",
 *   "do not swap 2 ETH for USDC",
 * ]);
 * await Deno.remove(path);
 * assertEquals([Math.max(...shares.slice(0, cols)) > 0, Math.max(...shares.slice(cols))], [true, 0]);
 * ```
 */
export function railMapper(
  mapper: Mapper,
  { domain, evidence, stage, T, audit = DEFAULT_POLICY.audit }: RailsAround,
): Mapper {
  const { classes } = mapper;
  const core = mapper.coreSha256 ?? mapper.source.sha256;
  return {
    ...mapper,
    coreSha256: sha256Hex(
      `rails 1 ${core} ${evidence.sha256} ${stage} ${T} `,
      JSON.stringify(audit),
    ),
    predictProbabilities: async (texts, options) => {
      const found = await mapper.predictProbabilities(texts, options);
      const detector = await evidence.detector(audit, { stage, T });
      const data = found.data.slice();
      for (let from = 0; from < texts.length; from += BATCH) {
        const batch = texts.slice(from, from + BATCH);
        const results = await detector.detect(batch);
        results.forEach((result, i) => {
          const row = data.subarray((from + i) * classes.length, (from + i + 1) * classes.length);
          const action = classes[row.indexOf(Math.max(...row))]!;
          if (action === ABSTAIN_CLASS) return;
          if (!supports(result, [action]) || domain.planner?.read(batch[i]!).refusal) row.fill(0);
        });
      }
      return { ...found, data };
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
