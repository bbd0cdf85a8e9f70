import type { SigningKey } from "../../core/sign/keys.ts";
import {
  notSigned,
  readSignature,
  signaturePath,
  writeSignature,
} from "../../core/sign/signature.ts";
import { readTraceHead, type Trace, type TraceHead } from "./trace.ts";

type PublicKey = Pick<SigningKey, "publicKey" | "id">;

/**
 * The end of the trace that the key has signed. The chain binds every line before it.
 *
 * @throws {MicroLmError} Kind `data` if there is no signature of this key for a trace.
 */
export async function readSignedHead(path: string, key: PublicKey): Promise<TraceHead> {
  const signs = await readSignature(path, key);
  if (signs.kind !== "trace") {
    throw notSigned(path, `${signaturePath(path)} is not that of a trace`);
  }
  return { count: signs.count, hash: signs.hash };
}

/**
 * Refuses a trace that does not end where the key signed it.
 *
 * @throws {MicroLmError} Kind `data` if lines follow that the key has not signed, or signed ones are gone.
 */
export async function requireSignedHead(
  path: string,
  head: TraceHead,
  key: PublicKey,
): Promise<void> {
  const signed = await readSignedHead(path, key);
  if (signed.count === head.count && signed.hash === head.hash) return;
  const more = head.count - signed.count;
  const why = more > 0
    ? `${more} of ${head.count} lines follow the signed ones`
    : more < 0
    ? `${signed.count} lines were signed, ${head.count} are here`
    : "other lines were signed";
  throw notSigned(path, why);
}

/**
 * Signs a trace up to where it ends after lines of this process.
 *
 * @param append Appends, and says where the trace ends then.
 * @throws {MicroLmError} Kind `data` if the trace has lines already that this key has not signed: a
 * signature would vouch for what its owner has not seen.
 */
export async function appendSigned(
  trace: Pick<Trace, "path">,
  key: SigningKey,
  append: () => TraceHead,
): Promise<TraceHead> {
  const before = readTraceHead(trace.path);
  if (before.count > 0) await requireSignedHead(trace.path, before, key);
  const head = append();
  if (head.count !== before.count + 1) {
    throw notSigned(trace.path, "another process has appended to it meanwhile");
  }
  await writeSignature(trace.path, { kind: "trace", ...head }, key);
  return head;
}
