/** Environment variables and what they set. What the caller writes outweighs them. */
export const POLICY_ENVIRONMENT: Readonly<Record<string, string>> = {
  MICRO_LM_MAPPER_PATH: "mapper.model_path",
  MICRO_LM_MAPPER_THRESHOLD: "mapper.confidence_threshold",
  MICRO_LM_PROFILE: "audit.profile",
};

/** Only what may have had an effect: the rest of an environment is nobody's business. */
export function honouredEnvironment(
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.keys(POLICY_ENVIRONMENT).flatMap((name) => {
      const value = env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
