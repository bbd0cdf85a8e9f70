import { MicroLmError } from "../../mod.ts";

/** Variables that go before the threshold of an evaluation's config. */
export const THRESHOLD_VARIABLES = [
  "EVAL_THRESHOLD_MODE",
  "EVAL_THRESHOLD_FIXED",
  "EVAL_THRESHOLD_FILE",
] as const;

const MODES = ["argmax", "fixed", "file", "frozen"];

/**
 * What the environment says about the threshold, as an override of the config. A threshold or a file
 * without a mode implies the mode that it belongs to. Empty variables are as good as none.
 *
 * @throws {MicroLmError} Kind `usage` for an unknown mode, a threshold that is no number from 0 to 1,
 * or a threshold and a file without a mode.
 */
export function thresholdOverrides(
  read: (name: string) => string | undefined,
): Record<string, unknown> {
  const [mode, fixed, file] = THRESHOLD_VARIABLES.map((name) => read(name)?.trim() || undefined);
  if (mode !== undefined && !MODES.includes(mode)) {
    throw new MicroLmError(
      "usage",
      `EVAL_THRESHOLD_MODE takes ${MODES.join(", ")}; got "${mode}"`,
    );
  }
  const value = Number(fixed);
  if (fixed !== undefined && !(value >= 0 && value <= 1)) {
    throw new MicroLmError(
      "usage",
      `EVAL_THRESHOLD_FIXED takes a number from 0 to 1, got "${fixed}"`,
    );
  }
  if (fixed !== undefined && file !== undefined && mode === undefined) {
    throw new MicroLmError(
      "usage",
      "Expected EVAL_THRESHOLD_FIXED or EVAL_THRESHOLD_FILE, got both",
      {
        hint: "Say which one counts: EVAL_THRESHOLD_MODE=fixed or =file",
      },
    );
  }
  const implied = fixed !== undefined ? "fixed" : file !== undefined ? "file" : undefined;
  const threshold = {
    ...(mode ?? implied ? { mode: mode ?? implied } : {}),
    ...(fixed === undefined ? {} : { value }),
    ...(file === undefined ? {} : { file }),
  };
  return Object.keys(threshold).length === 0 ? {} : { evaluation: { threshold } };
}
