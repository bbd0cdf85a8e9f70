/** A class of this name never fires. */
export const ABSTAIN_CLASS = "abstain";
