export { findPhrase, indexPhrases } from "./phrases.ts";
export { verbForms } from "./verb_forms.ts";
