import { z } from "zod";
import { type FileContent, writeFileAtomic } from "../atomic_write.ts";
import { canonicalJson } from "../canonical_json.ts";
import { MicroLmError } from "../errors.ts";
import type { FileCheck } from "../input_file.ts";
import { sha256Hex } from "../hash.ts";
import { readJsonAs } from "../text/json_text.ts";
import type { SigningKey } from "./keys.ts";

const SCHEMA = "micro-lm/signature@1";

const hash = z.string().regex(/^[0-9a-f]{64}$/, "expected a hex sha256");

/** What a signature speaks of: the bytes of a file, or a trace up to a line. */
const SIGNED = z.union([
  z.strictObject({ kind: z.literal("file"), sha256: hash }),
  z.strictObject({
    kind: z.literal("trace"),
    count: z.number().int().nonnegative(),
    hash,
  }),
]);

const SIGNATURE = z.strictObject({
  schema: z.literal(SCHEMA),
  signs: SIGNED,
  key: hash,
  signature: z.base64(),
});

/** What a signature speaks of. */
export type Signed = z.infer<typeof SIGNED>;

/** Where the signature of a file stands. */
export function signaturePath(path: string): string {
  return `${path}.sig`;
}

/** Signs a statement; equal statements and keys give equal bytes. */
export async function writeSignature(
  path: string,
  signs: Signed,
  { key, id }: SigningKey,
): Promise<void> {
  const bytes = new Uint8Array(await crypto.subtle.sign("Ed25519", key, messageOf(signs)));
  const signature = btoa(String.fromCharCode(...bytes));
  await writeFileAtomic(
    signaturePath(path),
    `${canonicalJson({ schema: SCHEMA, signs, key: id, signature })}\n`,
  );
}

/**
 * What the key has signed of a file.
 *
 * @throws {MicroLmError} Kind `data` if there is no signature beside the file, or it is not of this key.
 */
export async function readSignature(
  path: string,
  { publicKey, id }: Pick<SigningKey, "publicKey" | "id">,
): Promise<Signed> {
  const at = signaturePath(path);
  const { signs, key, signature } = await readJsonAs(
    at,
    SIGNATURE,
    "Sign the file again: --sign KEY",
  )
    .catch((error: unknown) => {
      if (!(error instanceof MicroLmError) || error.kind !== "missing") throw error;
      throw notSigned(path, `there is no ${at}`, error);
    });
  if (key !== id) throw notSigned(path, `it was signed by the key ${key}, not by ${id}`);
  const bytes = Uint8Array.from(atob(signature), (char) => char.charCodeAt(0));
  if (await crypto.subtle.verify("Ed25519", publicKey, bytes, messageOf(signs))) return signs;
  throw notSigned(path, `the signature in ${at} is not of this key, or was changed`);
}

/** The error for what the key has not signed. */
export function notSigned(path: string, why: string, cause?: unknown): MicroLmError {
  return new MicroLmError("data", `Not signed as asked: ${why}`, {
    at: { file: path },
    hint: "Ask whoever made it for the file and its .sig; sign your own with --sign KEY",
    cause,
  });
}

/** A check that lets through only what this key has signed, byte for byte. */
export function signatureCheck(key: Pick<SigningKey, "publicKey" | "id">): FileCheck {
  return async (path, bytes) => {
    const signs = await readSignature(path, key);
    if (signs.kind !== "file") throw notSigned(path, "the signature beside it is that of a trace");
    const sha256 = sha256Hex(bytes);
    if (signs.sha256 === sha256) return;
    throw notSigned(path, `another content was signed (${signs.sha256}, here ${sha256})`);
  };
}

/** Writes a file whole, then its signature, if there is a key. In between, a check refuses the file. */
export async function writeSigned(
  path: string,
  content: Extract<FileContent, string | Uint8Array>,
  key: SigningKey | undefined,
): Promise<void> {
  await writeFileAtomic(path, content);
  if (key) await writeSignature(path, { kind: "file", sha256: sha256Hex(content) }, key);
}

/** The schema in front keeps a signature from being valid anywhere else. */
function messageOf(signs: Signed): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${SCHEMA}\n${canonicalJson(signs)}`);
}
