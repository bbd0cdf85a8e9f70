/** How prompts become labels. */
export interface MapperPolicy {
  /** File of the mapper; null for the one of the call. */
  readonly model_path: string | null;
  /** Least confidence that fires; null for the operating point of the mapper, −1 for no gate. */
  readonly confidence_threshold: number | null;
  /** Least lead of the first label over the second. */
  readonly near_margin: number;
  /** Whether a word map stands in when there is no mapper. */
  readonly use_wordmap_fallback: boolean;
}

/** The operating point of the mapper, as it is. */
export const DEFAULT_MAPPER_POLICY: MapperPolicy = {
  model_path: null,
  confidence_threshold: null,
  near_margin: 0,
  use_wordmap_fallback: true,
};
