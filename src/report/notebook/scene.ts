type Props = Readonly<Record<string, unknown>>;

/** A plot in three dimensions as it looks from one side. */
export interface FlatScene {
  /** The same series in two dimensions, without units. */
  readonly traces: readonly Props[];
  /** The three axes from the corner that they share. */
  readonly axes: readonly {
    readonly title: string;
    readonly from: readonly [number, number];
    readonly to: readonly [number, number];
  }[];
}

/** Half the width of what the cube of the axes may take, in the units of {@linkcode FlatScene}. */
export const SCENE_REACH = 1.55;

/** Where the reader stands: turned around the upright axis, and above the ground, in radians. */
const TURN = Math.PI / 5;
const RISE = Math.PI / 8;

const AXES = ["x", "y", "z"] as const;

/**
 * Draws series of Plotly's `scatter3d` in two dimensions: each axis is stretched to a cube's edge, which is
 * seen from one side, without perspective. Points that lack a number are left out.
 */
export function flattenScene(traces: readonly Props[], layout: Props): FlatScene {
  const spread = AXES.map((axis) => rangeOf(traces.flatMap((trace) => numbers(trace[axis]))));
  const place = (point: readonly number[]) =>
    project(point.map((value, i) => unit(value, spread[i]!)) as [number, number, number]);
  const scene = props(layout["scene"]);
  return {
    traces: traces.map((trace) => {
      const columns = AXES.map((axis) => numbers(trace[axis]));
      const points = columns[0]!.map((_, row) =>
        place(columns.map((column) => column[row] ?? NaN))
      );
      return { ...trace, type: "scatter", x: points.map(([x]) => x), y: points.map(([, y]) => y) };
    }),
    axes: AXES.map((axis, i) => {
      const end: [number, number, number] = [-1, -1, -1];
      end[i] = 1;
      const { text } = props(props(scene[`${axis}axis`])["title"]);
      return {
        title: typeof text === "string" ? text : axis,
        from: project([-1, -1, -1]),
        to: project(end),
      };
    }),
  };
}

function project([x, y, z]: readonly [number, number, number]): [number, number] {
  const [across, away] = [
    x * Math.cos(TURN) - y * Math.sin(TURN),
    x * Math.sin(TURN) + y * Math.cos(TURN),
  ];
  return [across, z * Math.cos(RISE) + away * Math.sin(RISE)];
}

function rangeOf(values: readonly number[]): readonly [number, number] {
  const known = values.filter(Number.isFinite);
  const low = known.reduce((a, b) => Math.min(a, b), Infinity);
  const high = known.reduce((a, b) => Math.max(a, b), -Infinity);
  return [low, high];
}

function unit(value: number, [low, high]: readonly [number, number]): number {
  if (!Number.isFinite(value)) return NaN;
  return high > low ? 2 * ((value - low) / (high - low)) - 1 : 0;
}

function numbers(values: unknown): number[] {
  if (!Array.isArray(values)) return [];
  return values.map((value) => typeof value === "number" ? value : NaN);
}

function props(value: unknown): Props {
  return typeof value === "object" && value !== null ? value as Props : {};
}
