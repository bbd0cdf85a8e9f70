import type { FlagValues } from "../src/cli/flags.ts";
import {
  type FileCheck,
  readPrivateKey,
  readPublicKey,
  signatureCheck,
  type SigningKey,
} from "../src/core/mod.ts";
import { MicroLmError } from "../mod.ts";

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

/**
 * The key that `--sign` names, read before there is any work; undefined without the flag.
 *
 * @param outputs Files that will be written: none of them may be the key.
 */
export async function openSigner(
  { sign }: FlagValues<typeof SIGN_FLAG>,
  outputs: readonly (string | undefined)[],
): Promise<SigningKey | undefined> {
  if (sign === undefined) return undefined;
  const key = await readPrivateKey(sign);
  const real = await Deno.realPath(sign);
  for (const path of outputs) {
    if (path === undefined) continue;
    if (real !== await Deno.realPath(path).catch(() => null)) continue;
    throw new MicroLmError("usage", `The output "${path}" is the key of --sign`, {
      hint: "Write to another file: the key would be lost",
    });
  }
  return key;
}

/** The key that `--verify` names; undefined without the flag. */
export async function openVerifier(
  { verify }: FlagValues<typeof VERIFY_FLAG>,
): Promise<SigningKey | undefined> {
  return verify === undefined ? undefined : await readPublicKey(verify);
}

/** The check that `--verify` asks for; undefined without the flag. */
export async function openFileCheck(
  flags: FlagValues<typeof VERIFY_FLAG>,
): Promise<FileCheck | undefined> {
  const key = await openVerifier(flags);
  return key && signatureCheck(key);
}
