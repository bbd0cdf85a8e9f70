import type { TrainRequest } from "./_train.ts";
import { DEFAULT_ENCODER_FLAGS } from "./_encoder_flags.ts";

const FIXTURES = "fixtures/defi";

/** What the two recipes of the DeFi domain share. */
const COMMON = {
  sbert: "lite",
  domain: "defi",
  C: 8,
  max_iter: 2000,
  calibration_cv: 3,
  class_weight: "balanced",
  solver: "lbfgs",
  seed: 0,
  class_names: undefined,
  order_head: "auto",
  ...DEFAULT_ENCODER_FLAGS,
} as const;

/** The documented recipe: 1,000 rows, with phrasings of their own held out in the 5,000. */
export const LARGE_RECIPE: Omit<TrainRequest, "out_path"> = {
  ...COMMON,
  labels_csv: `${FIXTURES}/defi_mapper_labeled_large.csv`,
  tol: 1e-5,
  calibration_method: "best",
  readings: false,
  // Nobody runs it
  no_rails: true,
};

/** The recipe of the mapper that everything uses: all prompts for training, also as they are read. */
export const PRODUCT_RECIPE: Omit<TrainRequest, "out_path"> = {
  ...COMMON,
  labels_csv: `${FIXTURES}/defi_mapper_train.csv,${FIXTURES}/defi_mapper_labeled_large.csv`,
  // Looser than 1e-5 without a difference on development data, in half the time
  tol: 6e-5,
  calibration_method: "temperature",
  readings: true,
  group: "author",
};
