/** Marks that change what a reader sees: struck-out letters, text that runs backwards, lettered symbols. */
export const HIDDEN =
  /[\u202A-\u202E\u2066-\u2069\u0335-\u0338\u20D2\u20D8\u20E0\u20E5\u{1F100}-\u{1F1FF}]/u;
