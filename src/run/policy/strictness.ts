/** Which of two values of a key is the stricter one; a key without a rule is the operator's alone. */
const RULES: Readonly<Record<string, (kept: unknown, asked: unknown) => unknown>> = {
  ltv_max: lower,
  liq_threshold: lower,
  "oracle.max_age_sec": lower,
  "audit.false_alarm_rate": lower,
  hf_min: higher,
  ltv_margin: higher,
  hf_buffer: higher,
  "audit.z_abs": higher,
  "audit.z_refute": higher,
  "audit.refuse_rate": higher,
  "audit.keep_frac": higher,
  "risk.require": (kept, asked) => kept === true || asked === true,
  "audit.gate": (kept, asked) => kept === true || asked === true,
  "mapper.use_wordmap_fallback": (kept, asked) => kept === true && asked === true,
  "assets.allow": shorter,
  "assets.deny": (kept, asked) => [...new Set([...names(kept), ...names(asked)])],
};

/**
 * What is left of a wish to change a key of a policy if it may only become stricter.
 *
 * @param path A key of the policy, such as `ltv_max`; those of the operating point have rules of
 * their own.
 */
export function stricterOf(path: string, kept: unknown, asked: unknown): unknown {
  return Object.hasOwn(RULES, path) ? RULES[path]!(kept, asked) : kept;
}

/** Null limits nothing. */
function lower(kept: unknown, asked: unknown): unknown {
  if (asked === null) return kept;
  return kept === null ? asked : Math.min(kept as number, asked as number);
}

function higher(kept: unknown, asked: unknown): unknown {
  return Math.max(kept as number, asked as number);
}

/** Null allows everything. */
function shorter(kept: unknown, asked: unknown): unknown {
  if (asked === null) return kept;
  return kept === null ? asked : names(asked).filter((name) => names(kept).includes(name));
}

function names(value: unknown): readonly string[] {
  return value as readonly string[];
}
