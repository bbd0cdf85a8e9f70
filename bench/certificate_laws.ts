/**
 * Laws of scored rows whose true error rates are known, for the simulation of certificates. Nothing here
 * comes from the product.
 */

/** A row before its label is drawn. */
export interface LawRow {
  readonly top: number;
  readonly confidence: number;
  readonly margin: number;
  /** P(the action is wrong). */
  readonly wrong: number;
}

/** A law of independent rows: two uniform numbers give a row. */
export interface Law {
  readonly name: string;
  readonly classes: number;
  /** Steps of the second number that the truth is summed over; 1 where it does not matter. */
  readonly steps: number;
  readonly row: (u: number, v: number) => LawRow;
}

/** A rule of decision, by class. */
export interface Rule {
  /** Infinity: never acts. */
  readonly thresholds: readonly number[];
  readonly margin: number;
}

const line = (low: number) => (u: number) => low + (1 - low) * u;

/** Confidence as a function of a uniform number, and P(wrong) as a function of confidence. */
const SHAPES: readonly (readonly [string, (u: number) => number, (c: number) => number])[] = [
  ["calibrated", line(0.3), (c) => 1 - c],
  ["falling", line(0.3), (c) => 0.35 * ((1 - c) / 0.7) ** 1.2],
  ["confident cluster", line(0.3), (c) => c > 0.97 ? 0.06 : c > 0.6 ? 0.003 : 0.15],
  ["flat 1%", line(0.3), () => 0.01],
  ["flat 4%", line(0.3), () => 0.04],
  ["near 1", (u) => 1 - 0.5 * u ** 3, (c) => 1 - c],
  ["cliff", line(0.3), (c) => c > 0.8 ? 0.002 : 0.3],
  [
    "ten levels",
    (u) => Math.ceil(10 * Math.max(u, 1e-9)) / 10,
    (c) => 0.25 * (1 - c) ** 1.5 + 0.001,
  ],
  [
    "three levels",
    (u) => u < 0.2 ? 0.5 : u < 0.5 ? 0.8 : 0.99,
    (c) => c < 0.6 ? 0.25 : c < 0.9 ? 0.06 : 0.008,
  ],
  ["U", line(0.3), (c) => c > 0.95 ? 0.05 : c > 0.6 ? 0.004 : 0.2],
  ["good", (u) => 1 - 0.3 * u ** 2, (c) => 0.02 * (1 - c) / 0.3 + 0.001],
];

/** One class of action, one score: what tells the laws apart is how errors lie along it. */
export const SCORE_LAWS: readonly Law[] = SHAPES.map(([name, confidenceAt, wrongAt]) => ({
  name,
  classes: 1,
  steps: 1,
  row: (u) => {
    const confidence = confidenceAt(u);
    return { top: 0, confidence, margin: confidence, wrong: wrongAt(confidence) };
  },
}));

/** Errors lie where the margin is small, whatever the confidence. */
export const MARGIN_LAW: Law = {
  name: "margin",
  classes: 1,
  steps: 20,
  row: (u, v) => {
    const confidence = line(0.4)(u);
    const margin = confidence * v;
    return { top: 0, confidence, margin, wrong: margin < 0.3 ? 0.12 : 0.004 };
  },
};

/** One row in ten must abstain and is wrong whenever it acts. */
export const ABSTAIN_LAW: Law = {
  name: "must abstain",
  classes: 1,
  steps: 1,
  row: (u) => {
    const confidence = line(0.3)(u);
    const foreign = Math.max(0, 0.25 * (1 - (confidence - 0.3) / 0.5));
    return { top: 0, confidence, margin: confidence, wrong: foreign + (1 - foreign) * 0.006 };
  },
};

/** Several classes: the later, the more errors, and the fewer rows. */
export function classLaw(classes: number): Law {
  return {
    name: `${classes} classes`,
    classes,
    steps: 20 * classes,
    row: (u, v) => {
      const top = Math.min(classes - 1, Math.floor(classes * v ** 1.5));
      const confidence = line(0.3)(u);
      const worse = 0.2 + 1.6 * top / Math.max(1, classes - 1);
      return {
        top,
        confidence,
        margin: confidence,
        wrong: Math.min(1, worse * 0.3 * (1 - confidence)),
      };
    },
  };
}

/** What a rule does under a law: shares of all rows, by class and together. */
export interface Truth {
  readonly coverage: number;
  readonly risk: number;
  readonly risks: readonly number[];
}

const GRID = 4000;

/** Prepares the truth of a law: rows on a grid of its two numbers. */
export function truthOf(law: Law): (rule: Rule) => Truth {
  const rows = Array.from({ length: GRID }, (_, i) => i).flatMap((i) =>
    Array.from({ length: law.steps }, (_, j) => law.row((i + 0.5) / GRID, (j + 0.5) / law.steps))
  );
  return (rule) => {
    const acted = new Float64Array(law.classes);
    const wrong = new Float64Array(law.classes);
    for (const row of rows) {
      if (row.confidence < rule.thresholds[row.top]! || row.margin < rule.margin) continue;
      acted[row.top]!++;
      wrong[row.top]! += row.wrong;
    }
    const sum = (values: Float64Array) => values.reduce((a, b) => a + b, 0);
    const total = sum(acted);
    return {
      coverage: total / rows.length,
      risk: total === 0 ? 0 : sum(wrong) / total,
      risks: [...acted].map((n, k) => n === 0 ? 0 : wrong[k]! / n),
    };
  };
}

/** The highest coverage of a threshold that keeps a limit. */
export function oracleCoverage(truth: (rule: Rule) => Truth, limit: number): number {
  let most = 0;
  for (let i = 0; i <= 200; i++) {
    const { coverage, risk } = truth({ thresholds: [i / 200], margin: 0 });
    if (risk <= limit && coverage > most) most = coverage;
  }
  return most;
}

/** A source of uniform numbers. */
export type Uniform = () => number;

/** mulberry32. */
export function uniform(seed: number): Uniform {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Rows with labels and groups. */
export interface Drawn {
  readonly top: Uint32Array;
  readonly confidence: Float64Array;
  readonly margin: Float64Array;
  readonly wrong: Uint8Array;
  readonly groups: readonly string[];
}

/** Independent rows of a law, each a group of its own. */
export function drawRows(law: Law, n: number, next: Uniform): Drawn {
  const rows = Array.from({ length: n }, () => law.row(next(), next()));
  return {
    top: Uint32Array.from(rows, (row) => row.top),
    confidence: Float64Array.from(rows, (row) => row.confidence),
    margin: Float64Array.from(rows, (row) => row.margin),
    wrong: Uint8Array.from(rows, (row) => next() < row.wrong ? 1 : 0),
    groups: rows.map((_, i) => `row ${i}`),
  };
}

/** A template: where its rows score, and how often they are wrong. */
interface Template {
  readonly confidence: number;
  readonly wrong: number;
}

/** Templates are all but right or all but wrong; the higher they score, the more are right. */
function drawTemplate(next: Uniform): Template {
  const confidence = 0.3 + 0.7 * next();
  const bad = next() < 0.08 * ((1 - confidence) / 0.7) ** 1.2;
  return { confidence, wrong: bad ? 0.9 : 0.002 };
}

/** Rows spread around their template's score. */
const SPREAD = 0.04;
const scatter = ({ confidence }: Template, v: number) =>
  Math.min(1, Math.max(0, confidence + SPREAD * (v - 0.5)));

/** Rows of templates, and what is true of them. */
export interface DrawnTemplates extends Drawn {
  /** Error rate above a threshold among more rows of these templates. */
  readonly known: (threshold: number) => number;
}

/** @param sizes Rows of each template. */
export function drawTemplates(sizes: readonly number[], next: Uniform): DrawnTemplates {
  const templates = sizes.map(() => drawTemplate(next));
  const rows = templates.flatMap((template, t) =>
    Array.from({ length: sizes[t]! }, () => ({
      t,
      confidence: scatter(template, next()),
      wrong: next() < template.wrong ? 1 : 0,
    }))
  );
  const confidence = Float64Array.from(rows, (row) => row.confidence);
  return {
    top: new Uint32Array(rows.length),
    confidence,
    margin: confidence,
    wrong: Uint8Array.from(rows, (row) => row.wrong),
    groups: rows.map((row) => `template ${row.t}`),
    known: (threshold) => {
      let acted = 0;
      let wrong = 0;
      templates.forEach((template, t) => {
        // Of its rows, the share above the threshold: they spread evenly around its score.
        const above = (template.confidence - threshold) / SPREAD + 0.5;
        const share = sizes[t]! * Math.min(1, Math.max(0, above));
        acted += share;
        wrong += share * template.wrong;
      });
      return acted === 0 ? 0 : wrong / acted;
    },
  };
}

/** Error rate above a threshold among rows of new templates. */
export function newTemplateRisk(): (threshold: number) => number {
  const { known } = drawTemplates(new Array(200_000).fill(1), uniform(99));
  const found = new Map<number, number>();
  return (threshold) => {
    // To three decimals, downwards, which errs by less than the sampling of the truth.
    const key = Math.floor(threshold * 1000) / 1000;
    if (!found.has(key)) found.set(key, known(key));
    return found.get(key)!;
  };
}
