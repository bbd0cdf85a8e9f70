import type { RuntimePin } from "../runtime_types.ts";
import { type MergedPolicy, mergePolicies } from "./layers.ts";
import { DEFAULT_POLICY } from "./policy.ts";

/** Who says what about a policy; what is left out says nothing. */
export interface PolicyLayers {
  /** Of who runs the program. */
  readonly operator?: unknown;
  /** Of who sent the prompt. */
  readonly caller?: unknown;
  /** Environment variables, which are the operator's. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

/**
 * The policy of all who have a say on an open runtime, and the operating point under it.
 *
 * @throws {MicroLmError} As {@linkcode mergePolicies}.
 */
export function policyOf(
  { pin }: { readonly pin: RuntimePin },
  { operator, caller, env = {} }: PolicyLayers,
): MergedPolicy {
  const { point, isFloor, open } = pin;
  const merge = () =>
    mergePolicies(DEFAULT_POLICY, point, operator ?? {}, caller ?? {}, { open, isFloor, env });
  const isSilent = operator === undefined && caller === undefined &&
    Object.values(env).every((value) => value === undefined);
  if (!isSilent) return merge();
  const known = silent.get(pin) ?? merge();
  silent.set(pin, known);
  return known;
}

/** Policies under which nobody said anything, as most runs have them. */
const silent = new WeakMap<RuntimePin, MergedPolicy>();
