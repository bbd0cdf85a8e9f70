/**
 * What every room stands on: hashes, matrices, the seeded generator, atomic writes.
 *
 * @module
 */
export { writeFileAtomic } from "./atomic_write.ts";
export { sha256Hex } from "./hash.ts";
export { type FileCheck } from "./input_file.ts";
export { explainIoError } from "./io_error.ts";
export { checkOutputs, type NamedFile } from "./outputs.ts";
export { createRandom, type Random } from "./random.ts";
export { rankAbove } from "./rank_above.ts";
export { readPrivateKey, readPublicKey, type SigningKey } from "./sign/keys.ts";
export { signatureCheck, writeSigned } from "./sign/signature.ts";
export { readConfigText } from "./text/config_text.ts";
export { findJsonFault, findRepeatedName } from "./text/json_fault.ts";
export { readJsonAs, readJsonFile } from "./text/json_text.ts";
export { MICRO_LM_VERSION } from "./version.ts";
