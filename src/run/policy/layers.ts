import { MicroLmError } from "../../core/errors.ts";
import type { OperatingPoint } from "../../evaluate/decide.ts";
import type { PinnedPoint } from "../../mapper/file/artifact.ts";
import { canonicalJson } from "../../core/canonical_json.ts";
import { type ActivePoint, fromPinned } from "../operating_point.ts";
import { pointOf, raised, withMargin, withThreshold } from "./point.ts";
import {
  flatten,
  type Policy,
  POLICY_KEYS,
  readPolicy,
  readPolicyEnvironment,
  unflatten,
} from "./policy.ts";
import { stricterOf } from "./strictness.ts";

/** Who may say something about a policy, from the weakest. */
export type PolicyLayer = "default" | "mapper" | "operator" | "caller";

/** What somebody asked for and did not get. */
export interface IgnoredKey {
  readonly path: string;
  readonly asked: unknown;
  readonly kept: unknown;
}

/** A policy of several authors. */
export interface MergedPolicy {
  readonly policy: Policy;
  /** The operating point of the mapper under it. */
  readonly active: ActivePoint;
  /** Who set the value of each key. */
  readonly setBy: Readonly<Record<string, PolicyLayer>>;
  /**
   * Keys of the caller that would have loosened something, or are not the caller's to set; where the
   * pinned point is a floor, those of the operator that would have.
   */
  readonly ignored: readonly IgnoredKey[];
}

/** Options of {@linkcode mergePolicies}. */
export interface MergePoliciesOptions {
  /** Keys that the operator lets callers set as they like. Default: none. */
  readonly open?: readonly string[];
  /** Whether the operator, too, makes the pinned point only stricter, but for open keys. */
  readonly isFloor?: boolean;
  /** Environment variables, which are the operator's. Default: none. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

const THRESHOLD = "mapper.confidence_threshold";
const MARGIN = "mapper.near_margin";

/**
 * Merges the policies of all who have a say: the defaults, what the mapper's file pins, the
 * operator, who may change anything, and the caller, who can only make it stricter, key by key.
 *
 * A caller lowers `ltv_max`, `liq_threshold`, `oracle.max_age_sec` and `audit.false_alarm_rate`;
 * raises `hf_min`, margins, buffers, thresholds, `audit.z_abs`, `audit.z_refute` and `audit.refuse_rate`; requires risk
 * data, switches a gate on or the fallback off; shortens the list of allowed assets or lengthens that of denied
 * ones. Everything else, files above all, is the operator's. A change of the operating point
 * changes that part alone: classes that never fire stay so.
 *
 * @param pin The operating point in the mapper's file; undefined for none.
 * @param operator See {@linkcode resolvePolicy}; undefined for nothing.
 * @param caller The same.
 * @throws {MicroLmError} Kind `usage` as {@linkcode resolvePolicy} does, and for an unknown key in
 * `open`.
 *
 * @example
 * ```ts
 * import { DEFAULT_POLICY, mergePolicies } from "micro-lm/run";
 * import { assertEquals } from "@std/assert";
 *
 * const operator = { ltv_max: 0.6 };
 * const caller = { ltv_max: 1, hf_min: 1.5 };
 * const { policy, setBy, ignored } = mergePolicies(DEFAULT_POLICY, undefined, operator, caller);
 * assertEquals([policy.ltv_max, policy.hf_min], [0.6, 1.5]);
 * assertEquals([setBy["ltv_max"], setBy["hf_min"]], ["operator", "caller"]);
 * assertEquals(ignored, [{ path: "ltv_max", asked: 1, kept: 0.6 }]);
 * ```
 */
export function mergePolicies(
  defaults: Policy,
  pin: PinnedPoint | undefined,
  operator: unknown = {},
  caller: unknown = {},
  { open = [], env = {}, isFloor = false }: MergePoliciesOptions = {},
): MergedPolicy {
  checkOpen(open);
  const given = flatten(readPolicy(operator));
  const owned = new Map([...flatten(readPolicyEnvironment(env)), ...given]);
  const asked = flatten(readPolicy(caller));
  const values = new Map([...flatten(defaults), ...owned]);
  const setBy: Record<string, PolicyLayer> = Object.fromEntries(
    POLICY_KEYS.map((path) => [path, owned.has(path) ? "operator" : "default"]),
  );
  const ignored: IgnoredKey[] = [];
  const margin = owned.has(MARGIN) || (values.get(MARGIN) as number) > 0;
  let point = pointOf(
    pin,
    values.get(THRESHOLD) as number | null,
    margin ? values.get(MARGIN) as number : null,
    { isFloor, open },
  );
  for (
    const [path, kept] of [[THRESHOLD, point.threshold], [MARGIN, point.nearMargin ?? 0]] as const
  ) {
    const wish = owned.get(path);
    if (isFloor && typeof wish === "number" && wish < kept) {
      ignored.push({ path, asked: wish, kept });
    }
  }
  for (const path of asked.keys()) {
    const change = callerChange(path, asked.get(path), values, point, open.includes(path));
    if (change.isTaken) {
      values.set(path, change.value);
      setBy[path] = "caller";
    } else if (change.isIgnored) {
      ignored.push({ path, asked: asked.get(path), kept: change.kept });
    }
    point = change.point;
  }
  nameMapper(setBy, pin, values);
  const pinned = pin && fromPinned(pin);
  const isPinned = pinned !== undefined && canonicalJson(pinned) === canonicalJson(point);
  return {
    policy: unflatten(values),
    active: { point, certificate: isPinned ? pin?.certificate?.id ?? null : null },
    setBy,
    ignored,
  };
}

interface Change {
  readonly isTaken: boolean;
  readonly isIgnored: boolean;
  readonly value: unknown;
  readonly kept: unknown;
  readonly point: OperatingPoint;
}

function callerChange(
  path: string,
  asked: unknown,
  values: ReadonlyMap<string, unknown>,
  point: OperatingPoint,
  isOpen: boolean,
): Change {
  if (path === THRESHOLD || path === MARGIN) {
    return pointChange(path, asked as number | null, values.get(path), point, isOpen);
  }
  const kept = values.get(path);
  const value = isOpen ? asked : stricterOf(path, kept, asked);
  const isTaken = !isSame(value, kept);
  // A list of denied assets is added to
  const isIgnored = path !== "assets.deny" && !isSame(value, asked);
  return { isTaken, isIgnored, value, kept, point };
}

function pointChange(
  path: string,
  asked: number | null,
  value: unknown,
  point: OperatingPoint,
  isOpen: boolean,
): Change {
  const nothing = { isTaken: false, isIgnored: false, value, kept: value, point };
  // Null says nothing
  if (asked === null) return nothing;
  const isThreshold = path === THRESHOLD;
  const kept = isThreshold ? point.threshold : point.nearMargin ?? 0;
  const changed = isThreshold
    ? isOpen ? withThreshold(point, asked) : raised(point, asked)
    : withMargin(point, isOpen ? asked : Math.max(asked, kept));
  if (isSame(changed, point)) return { ...nothing, kept, isIgnored: asked !== kept };
  const effective = isThreshold ? changed.threshold : changed.nearMargin;
  return { isTaken: true, isIgnored: false, value: effective, kept, point: changed };
}

/** Parts of the point that are as the mapper's file has them. */
function nameMapper(
  setBy: Record<string, PolicyLayer>,
  pin: PinnedPoint | undefined,
  values: ReadonlyMap<string, unknown>,
): void {
  if (!pin) return;
  if (values.get(THRESHOLD) === null) setBy[THRESHOLD] = "mapper";
  if (setBy[MARGIN] === "default" && pin.near_margin !== undefined) setBy[MARGIN] = "mapper";
  if (pin.per_class_thresholds) setBy["mapper.per_class_thresholds"] = "mapper";
  if (pin.max_novelty !== undefined) setBy["mapper.max_novelty"] = "mapper";
  if (pin.min_order !== undefined) setBy["mapper.min_order"] = "mapper";
  if (pin.max_oos !== undefined) setBy["mapper.max_oos"] = "mapper";
}

function checkOpen(open: readonly string[]): void {
  const unknown = open.find((path) => !POLICY_KEYS.includes(path));
  if (unknown === undefined) return;
  throw new MicroLmError("usage", `Expected a key of the policy to open, got "${unknown}"`, {
    hint: `Known: ${POLICY_KEYS.join(", ")}`,
  });
}

function isSame(a: unknown, b: unknown): boolean {
  return canonicalJson(a) === canonicalJson(b);
}
