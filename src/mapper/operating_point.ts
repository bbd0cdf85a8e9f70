/** When to fire and when to abstain. */
export interface OperatingPoint {
  /** Least confidence that fires, 0 to 1. */
  readonly threshold: number;
  /** Thresholds of single classes, instead of the common one; a class with null never fires. */
  readonly perClass?: Readonly<Record<string, number | null>>;
  /** Least distance between the first and the second probability. Default: 0. */
  readonly nearMargin?: number;
  /** Largest share of a prompt that the training did not know, 0 to 1. Default: 1, any. */
  readonly maxNovelty?: number;
  /**
   * Least score of a prompt as an order, 0 to 1. Default: 0.5 for a mapper that scores orders, else 0, any.
   */
  readonly minOrder?: number;
  /** Largest probability that a prompt is out of scope, 0 to 1. Default: 1, any. */
  readonly maxOos?: number;
}
