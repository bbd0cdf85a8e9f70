export { findPhrase, indexPhrases } from "./english/phrases.ts";
export { verbForms } from "./english/verb_forms.ts";
