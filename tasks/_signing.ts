import { MicroLmError } from "../src/core/errors.ts";
import type { FlagValues } from "../src/cli/flags.ts";
import type { FileCheck, SigningKey } from "../src/core/mod.ts";

/** The flag of every task that writes what others trust. */
export const SIGN_FLAG = {
  sign: {
    type: "string",
    value: "KEY",
    help: "Sign what is written (FILE.sig) with a private Ed25519 key: PEM or JWK.",
  },
} as const;

/** The flag of every task that reads it. */
export const VERIFY_FLAG = {
  verify: {
    type: "string",
    value: "PUB",
    help:
      "Refuse files (exit 65) that were not signed by the owner of this public key: PEM or JWK.",
  },
} as const;

/** The key that `--sign` names, read before there is any work; undefined without the flag. */
export async function openSigner(
  { sign }: FlagValues<typeof SIGN_FLAG>,
): Promise<SigningKey | undefined> {
  if (sign === undefined) return undefined;
  const { readPrivateKey } = await import("../src/core/sign/keys.ts");
  return await readPrivateKey(sign);
}

/** The key that `--verify` names; undefined without the flag. */
export async function openVerifier(
  { verify }: FlagValues<typeof VERIFY_FLAG>,
): Promise<SigningKey | undefined> {
  if (verify === undefined) return undefined;
  const { readPublicKey } = await import("../src/core/sign/keys.ts");
  return await readPublicKey(verify);
}

/** The check that `--verify` asks for; undefined without the flag. */
export async function openFileCheck(
  flags: FlagValues<typeof VERIFY_FLAG>,
): Promise<FileCheck | undefined> {
  const key = await openVerifier(flags);
  if (!key) return undefined;
  const { signatureCheck } = await import("../src/core/sign/signature.ts");
  return signatureCheck(key);
}

/** The error for a keyword mapper where only what was signed is to be used. */
export function nothingToVerify(): MicroLmError {
  return new MicroLmError("usage", "Flag --verify: the keyword mapper has no file to verify");
}
