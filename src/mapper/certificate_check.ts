import { sha256Hex } from "../core/hash.ts";
import { canonicalJson } from "../core/canonical_json.ts";
import type { OperatingPoint } from "./operating_point.ts";

/** Names the format. */
export const CERTIFICATE_SCHEMA = "micro-lm/certificate@2";

/**
 * The id of a certificate: a hash of its content, whatever the order of its keys.
 *
 * @example
 * ```ts
 * import { certificateId } from "micro-lm/mapper";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(certificateId({ limit: 0.05, n: 100 }), certificateId({ n: 100, limit: 0.05 }));
 * ```
 */
export function certificateId(content: Readonly<Record<string, unknown>>): string {
  const { id: _, ...body } = content;
  return sha256Hex(canonicalJson(body)).slice(0, 16);
}

/** What a certificate is held against. */
export interface CertificateUse {
  readonly point: OperatingPoint;
  /** The mapper in use, if known. */
  readonly mapperSha256?: string;
}

/**
 * Why a certificate does not hold for what is in use; null where it does: its id is the hash of its
 * content, its point is the one in use, and its mapper is the one that decides.
 *
 * @example
 * ```ts
 * import { certificateFault } from "micro-lm/mapper";
 * import { assertMatch } from "@std/assert";
 *
 * const fault = certificateFault({ id: "certified by nobody" }, { point: { threshold: 0 } });
 * assertMatch(fault!, /its id is not the hash of its content/);
 * ```
 */
export function certificateFault(
  certificate: object,
  { point, mapperSha256 }: CertificateUse,
): string | null {
  const content = certificate as Readonly<Record<string, unknown>>;
  if (content["id"] !== certificateId(content)) return "its id is not the hash of its content";
  if (content["schema"] !== CERTIFICATE_SCHEMA) return `it is not of ${CERTIFICATE_SCHEMA}`;
  const certified = content["point"] as OperatingPoint;
  if (canonicalJson(plain(certified)) !== canonicalJson(plain(point))) {
    return `it is about threshold ${certified.threshold}, not the operating point in use`;
  }
  const mapper = content["mapper_sha256"];
  if (mapperSha256 !== undefined && mapper !== null && mapper !== mapperSha256) {
    return `it is about mapper ${String(mapper).slice(0, 12)}, not ${mapperSha256.slice(0, 12)}`;
  }
  return null;
}

/** A point with its defaults written out. */
function plain(
  { threshold, perClass = {}, nearMargin = 0, maxNovelty = 1, minOrder = 0, maxOos = 1 }:
    OperatingPoint,
) {
  return { threshold, perClass, nearMargin, maxNovelty, minOrder, maxOos };
}
