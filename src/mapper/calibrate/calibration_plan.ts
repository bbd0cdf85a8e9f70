import { groupedFolds, stratifiedFolds } from "./folds.ts";

/** How scores become probabilities. */
export type CalibrationMethod = "isotonic" | "sigmoid" | "temperature" | "none";

/** A method, or a rule that picks one: `auto` by class sizes, `best` by log-loss. */
export type CalibrationChoice = CalibrationMethod | "auto" | "best";

/** What is calibrated, and on which rows. */
export interface CalibrationPlan {
  /** Methods to choose from by log-loss; one that was chosen already stands alone. */
  readonly methods: readonly CalibrationMethod[];
  /** Rows of each fold; none if nothing is calibrated. */
  readonly folds: readonly Uint32Array[];
  /** Rows that every classifier is trained on and none is calibrated on. */
  readonly always: Uint32Array;
  /** What was not done as asked, and why. */
  readonly notes: readonly string[];
  /** What is to be said if the method becomes isotonic; empty for nothing. */
  readonly isotonicNote: string;
}

/** Options of {@linkcode planCalibration}. */
export interface CalibrationPlanOptions {
  readonly classes: number;
  /** Default: `auto`. */
  readonly method?: CalibrationChoice;
  /** Folds. Default: 3. */
  readonly cv?: number;
  /** How notes name a class. Default: `class number N`, from 0. */
  readonly nameClass?: (k: number) => string;
  /** The group of each row: groups are not torn apart between folds. Default: each row by itself. */
  readonly groups?: readonly string[];
}

const ALL_METHODS = ["isotonic", "sigmoid", "temperature", "none"] as const;
/** Groups of a class below which an isotonic curve follows single rows. */
const FEW = 30;

/**
 * Plans a calibration that the rows can bear. What is counted of a class are its groups: with a template
 * in one fold alone, a class of one template can be trained on but not calibrated on.
 */
export function planCalibration(
  labels: Int32Array,
  { classes, method = "auto", cv = 3, nameClass = byNumber, groups }: CalibrationPlanOptions,
): CalibrationPlan {
  if (method === "none") return withoutFolds([]);
  const units = countUnits(labels, classes, groups);
  const smallest = Math.min(...units);
  const notes: string[] = [];
  const asked = chooseMethods(method, cv, smallest, notes);
  if (smallest < 2) {
    const alone = [...units.keys()].filter((k) => units[k]! < 2);
    notes.push(
      `calibration leaves out ${alone.map(nameClass).join(", ")}: fewer than 2 ` +
        `${groups ? "templates" : "rows"} of it; add some`,
    );
  }
  if (asked.methods.length === 1 && asked.methods[0] === "none") return withoutFolds(notes);
  const plan = deal(labels, units, groups, asked.folds);
  if (!plan) {
    return withoutFolds([...notes, "not calibrated: fewer than 2 classes have rows enough for it"]);
  }
  const isotonicNote = smallest < FEW
    ? `an isotonic curve follows single rows where a class has fewer than ${FEW} ` +
      `${groups ? "templates" : "rows"}; ${nameClass(units.indexOf(smallest))} has ${smallest}`
    : "";
  return { ...plan, methods: asked.methods, notes, isotonicNote };
}

function byNumber(k: number): string {
  return `class number ${k}`;
}

function withoutFolds(notes: readonly string[]): CalibrationPlan {
  return { methods: ["none"], folds: [], always: new Uint32Array(), notes, isotonicNote: "" };
}

/** Groups, or rows, by class. */
function countUnits(
  labels: Int32Array,
  classes: number,
  groups: readonly string[] | undefined,
): number[] {
  const units = Array.from({ length: classes }, () => new Set<string | number>());
  labels.forEach((label, row) => units[label]!.add(groups?.[row] ?? row));
  return units.map((set) => set.size);
}

function chooseMethods(
  method: CalibrationChoice,
  cv: number,
  smallest: number,
  notes: string[],
): { readonly methods: readonly CalibrationMethod[]; readonly folds: number } {
  if (method === "auto") {
    const folds = Math.max(3, cv);
    if (smallest >= folds) {
      if (folds !== cv) {
        notes.push(`auto calibrates isotonically in 3 folds at least, not in ${cv}`);
      }
      return { methods: ["isotonic"], folds };
    }
    if (smallest < 2) return { methods: ["none"], folds: 0 };
    notes.push(
      `auto calibrates with a sigmoid: a class has ${smallest} of ${folds} that isotonic needs`,
    );
    return { methods: ["sigmoid"], folds: Math.min(cv, smallest) };
  }
  if (method === "best") {
    if (smallest >= cv) return { methods: ALL_METHODS, folds: cv };
    notes.push(
      `isotonic and sigmoid are not tried: a class has ${smallest} of ${cv} that they need`,
    );
    return { methods: ["temperature", "none"], folds: cv };
  }
  if (method === "temperature" || smallest >= cv) return { methods: [method], folds: cv };
  notes.push(`calibrated by temperature, not ${method}: a class has ${smallest} of ${cv} needed`);
  return { methods: ["temperature"], folds: cv };
}

/** Deals the rows of classes with two units or more into folds; undefined if fewer than two have. */
function deal(
  labels: Int32Array,
  units: readonly number[],
  groups: readonly string[] | undefined,
  cv: number,
): Pick<CalibrationPlan, "folds" | "always"> | undefined {
  const rows = [...labels.keys()].filter((row) => units[labels[row]!]! >= 2);
  if (units.filter((count) => count >= 2).length < 2) return undefined;
  const some = Int32Array.from(rows, (row) => labels[row]!);
  const named = groups && rows.map((row) => groups[row]!);
  const count = Math.min(cv, named ? new Set(named).size : rows.length);
  const dealt = named ? groupedFolds(some, named, count) : stratifiedFolds(some, count);
  const folds = dealt.map((fold) => fold.map((i) => rows[i]!));
  // A class that fell into one fold as a whole would be unknown to the classifier that is tried on it.
  const foldsOf = new Map<number, Set<number>>();
  folds.forEach((fold, f) =>
    fold.forEach((row) =>
      foldsOf.set(labels[row]!, (foldsOf.get(labels[row]!) ?? new Set()).add(f))
    )
  );
  const kept = folds.map((fold) => fold.filter((row) => foldsOf.get(labels[row]!)!.size > 1))
    .filter((fold) => fold.length > 0);
  const inFolds = new Set(kept.flatMap((fold) => [...fold]));
  if (kept.length < 2) return undefined;
  return {
    folds: kept,
    always: Uint32Array.from([...labels.keys()].filter((row) => !inFolds.has(row))),
  };
}
