// deno-lint-ignore-file no-console -- a benchmark prints
/** What the simulation of certificates counts, and how it prints it. */
import { textTable } from "../src/report/mod.ts";
import { lowerBound } from "./certificate_rivals.ts";

/** Draws of one law at one size, limit and allowance. */
export interface Cell {
  readonly part: string;
  readonly name: string;
  readonly n: number;
  readonly limit: number;
  readonly delta: number;
  draws: number;
  certified: number;
  broken: number;
  coverage: number;
}

/** All cells so far. */
export const cells = new Map<string, Cell>();

/** The cell of a law, new if need be. */
export function cellOf(part: string, name: string, n: number, limit: number, delta: number): Cell {
  const key = [part, name, n, limit, delta].join();
  const fresh = { part, name, n, limit, delta, draws: 0, certified: 0, broken: 0, coverage: 0 };
  if (!cells.has(key)) cells.set(key, fresh);
  return cells.get(key)!;
}

/** Notes a draw: null where nothing was certified. */
export function note(
  cell: Cell,
  found: { readonly coverage: number; readonly broken: boolean } | null,
) {
  cell.draws++;
  if (!found) return;
  cell.certified++;
  cell.coverage += found.coverage;
  if (found.broken) cell.broken++;
}

/** Prints a part's totals; false if a cell breaks more promises than it may. */
export function printPart(part: string): boolean {
  const mine = [...cells.values()].filter((cell) => cell.part === part);
  const beyond = mine.filter((cell) => lowerBound(cell.broken, cell.draws) > cell.delta);
  const draws = mine.reduce((sum, cell) => sum + cell.draws, 0);
  const broken = mine.reduce((sum, cell) => sum + cell.broken, 0);
  const mean = mine.reduce((sum, cell) => sum + cell.coverage / cell.draws, 0) / mine.length;
  console.log(
    `${part}: ${mine.length} cells, ${draws} draws, ${broken} broken ` +
      `(${(100 * broken / draws).toFixed(2)}%), ${beyond.length} cells beyond their allowance, ` +
      `mean certified coverage ${mean.toFixed(3)}`,
  );
  for (const cell of beyond) console.log(`  beyond: ${JSON.stringify(cell)}`);
  return beyond.length === 0;
}

/** Prints a part by law. */
export function printNames(part: string): void {
  const mine = [...cells.values()].filter((cell) => cell.part === part);
  const rows = [...Map.groupBy(mine, (cell) => cell.name)].map(([name, list]) => {
    const draws = list.reduce((sum, cell) => sum + cell.draws, 0);
    const mean = (of: "certified" | "coverage" | "broken") =>
      list.reduce((sum, cell) => sum + cell[of], 0) / draws;
    const worst = Math.max(...list.map((cell) => cell.broken / cell.draws));
    return [name, ...[mean("certified"), mean("coverage"), mean("broken"), worst].map(percent)];
  });
  console.log(textTable({ columns: ["", "certified", "coverage", "broken", "worst cell"], rows }));
}

const percent = (value: number) => `${(100 * value).toFixed(1)}%`;

/** Standard errors that chance exceeds in one of 2,000 comparisons: there are hundreds. */
const BEYOND_CHANCE = 3.3;

/** Prints where more rows certified less often, beyond chance; false if anywhere. */
export function printFewer(part: string): boolean {
  const mine = [...cells.values()].filter((cell) => cell.part === part);
  const same = Map.groupBy(mine, ({ name, limit, delta }) => `${name}, ${limit}, ${delta}`);
  const fewer = [...same].flatMap(([what, list]) => {
    const sorted = list.toSorted((a, b) => a.n - b.n);
    return sorted.slice(1).flatMap((more, i) => {
      const p = sorted[i]!.certified / sorted[i]!.draws;
      const q = more.certified / more.draws;
      const error = Math.sqrt((p * (1 - p) + q * (1 - q)) / more.draws);
      return q < p - BEYOND_CHANCE * error - 1e-9
        ? [`${what}: ${percent(p)} then ${percent(q)}`]
        : [];
    });
  });
  console.log(
    `fewer certificates with more rows, beyond chance: ${fewer.length} of ${mine.length} cells`,
  );
  for (const line of fewer) console.log(`  ${line}`);
  return fewer.length === 0;
}
