/** Turns values of an axis into pixels. */
export interface Scale {
  /** NaN for what is no value of the axis. */
  at(value: string | number | null | undefined): number;
  readonly ticks: readonly { readonly at: number; readonly text: string }[];
  /** Pixels from one value to the next, for bars and cells. */
  readonly step: number;
}

/** Options of {@linkcode createScale}. */
export interface CreateScaleOptions {
  /** Plotly's axis: `range` and a `tickformat` that ends in % are heeded. */
  readonly axis: Readonly<Record<string, unknown>>;
  /** Whether 0 belongs to the axis. */
  readonly zero: boolean;
  /** Whether values have a width: half a step is left at both ends. */
  readonly band: boolean;
}

/** Makes the scale of an axis: of names, in the order in which they occur, or of numbers. */
export function createScale(
  values: readonly (string | number)[],
  pixels: readonly [from: number, to: number],
  options: CreateScaleOptions,
): Scale {
  return values.some((value) => typeof value === "string")
    ? nameScale(values, pixels)
    : numberScale(
      values.filter((value): value is number => Number.isFinite(value)),
      pixels,
      options,
    );
}

function nameScale(
  values: readonly (string | number)[],
  [from, to]: readonly [number, number],
): Scale {
  const places = new Map([...new Set(values.map(String))].map((name, i) => [name, i]));
  const step = (to - from) / places.size;
  const at = (name: string) => from + (places.get(name)! + 0.5) * step;
  const every = Math.ceil(places.size / 30);
  return {
    at: (value) => places.has(String(value)) ? at(String(value)) : NaN,
    ticks: [...places.keys()].filter((_, i) => i % every === 0)
      .map((name) => ({ at: at(name), text: name })),
    step: Math.abs(step),
  };
}

function numberScale(
  values: readonly number[],
  [from, to]: readonly [number, number],
  { axis, zero, band }: CreateScaleOptions,
): Scale {
  const distinct = [...new Set(values)].sort((a, b) => a - b);
  const gap = distinct.slice(1).reduce(
    (least, v, i) => Math.min(least, v - distinct[i]!),
    Infinity,
  );
  const width = Number.isFinite(gap) ? gap : 1;
  const [low, high] = limits(distinct, axis, zero);
  const pad = band ? width / 2 : 0;
  const per = (to - from) / (high - low + 2 * pad);
  const at = (value: number) => from + (value - low + pad) * per;
  const percent = String(axis["tickformat"] ?? "").endsWith("%");
  return {
    at: (value) => typeof value === "number" ? at(value) : NaN,
    ticks: niceTicks(low, high).map((value) => ({
      at: at(value),
      text: percent ? `${Number((100 * value).toPrecision(6))}%` : String(value),
    })),
    step: width * Math.abs(per),
  };
}

function limits(
  sorted: readonly number[],
  axis: Readonly<Record<string, unknown>>,
  zero: boolean,
): [number, number] {
  const range = axis["range"];
  if (Array.isArray(range) && range[0] < range[1]) return [range[0], range[1]];
  const low = Math.min(sorted[0] ?? 0, zero ? 0 : Infinity);
  const high = Math.max(sorted.at(-1) ?? 1, zero ? 0 : -Infinity);
  // Values that are all but the same cannot be told apart by ticks.
  const least = Math.max(1e-9 * Math.max(Math.abs(low), Math.abs(high)), 1e-100);
  return high - low > least ? [low, high] : [low - 0.5, low + 0.5];
}

/** Ticks at multiples of 1, 2 or 5 times a power of ten. */
function niceTicks(low: number, high: number): number[] {
  const rough = (high - low) / 6;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((m) => m * power).find((size) => size >= rough) ?? 10 * power;
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return Array.from({ length: count }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}
