/** Number type of the weights: single precision, or 8-bit integers with 8-bit products. */
export type UseLiteDtype = "fp32" | "int8";

/** What the model gives: one vector a text, or one a piece. */
export type UseLiteOutput = "vector" | "tokens";

/** Changes whenever the graph does: part of the file name and of the fingerprint. */
export const USE_LITE_GRAPH_VERSION = 2;

/** Most pieces of a text that the model reads. */
export const USE_LITE_MAX_PIECES = 128;

/** Columns of the vectors. */
export const USE_LITE_DIMS = 512;
