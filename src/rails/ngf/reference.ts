/** A row that was measured or derived elsewhere, to print beside ours. */
export interface ReferenceRow {
  readonly name: string;
  /** Samples, and the seed of the published generator; null for what was derived. */
  readonly samples: number | null;
  readonly seed: number | null;
  readonly exact: number | null;
  readonly precision: number | null;
  readonly recall: number | null;
  readonly f1: number | null;
  readonly hallucination: number | null;
  readonly omission: number | null;
  /** Milliseconds a sample, one thread at 2.5 GHz. */
  readonly ms: number | null;
}

type Numbers = readonly (number | null)[];

const row = (name: string, samples: number | null, seed: number | null, n: Numbers) => ({
  name,
  samples,
  seed,
  exact: n[0] ?? null,
  precision: n[1] ?? null,
  recall: n[2] ?? null,
  f1: n[3] ?? null,
  hallucination: n[4] ?? null,
  omission: n[5] ?? null,
  ms: n[6] ?? null,
});

/**
 * What the published parsers reach on the published generator (ngeodesic 0.1.0, executed), and two
 * ceilings: a parser that finds every lobe and no other but cannot tell who asked for it, and a rule that
 * knows the generator's slots, which is a leak of the generator and not a parser.
 */
export const NGF_REFERENCE: readonly ReferenceRow[] = [
  row("stock_parse", 2000, 42, [.4345, .8541, .8066, .7935, .1459, .1934, .64]),
  row("geodesic_parse_report", 2000, 42, [.547, .7893, .998, .8582, .2107, .002, 60.7]),
  row("geodesic_parse_with_prior", 2000, 42, [.633, .8339, .9657, .8752, .1631, .0343, 61.4]),
  row("stock_parse", 2000, 7, [.438, .8588, .807, .7959, .1412, .193, .61]),
  row("geodesic_parse_report", 2000, 7, [.558, .7967, .9968, .8633, .2033, .0033, 58.4]),
  row("geodesic_parse_with_prior", 2000, 7, [.6455, .8442, .9655, .8814, .1543, .0345, 58.7]),
  row("ceiling without knowledge of places", null, null, [.653, .84, 1, null, .16, 0]),
  row("rule that knows the slots (a leak)", null, null, [.949]),
];
