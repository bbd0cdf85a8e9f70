import { MicroLmError } from "../errors.ts";
import { sha256Hex } from "../hash.ts";
import { readWholeText } from "../text/text_stream.ts";

/** Half of an Ed25519 key pair, with what names it. */
export interface SigningKey {
  readonly key: CryptoKey;
  /** The other half of a private key, or the key itself: 32 bytes. */
  readonly publicKey: CryptoKey;
  /** Hex sha256 of the public half: says which key, not whose. */
  readonly id: string;
}

/** Characters that a key file may have: a key has about a hundred. */
const MOST = 1 << 16;

const MAKE = "Make a pair: openssl genpkey -algorithm ed25519 -out key.pem; " +
  "openssl pkey -in key.pem -pubout -out key.pub.pem";

/**
 * Reads the private half of an Ed25519 pair: PKCS #8 as PEM, or a JWK.
 *
 * @throws {MicroLmError} Kind `missing` or `permission`; `data` if it is another kind of key, a public one
 * or damaged.
 */
export async function readPrivateKey(path: string): Promise<SigningKey> {
  const refuse = refuser(path, "a private Ed25519 key");
  const given = await readKey(path, "PRIVATE KEY", refuse);
  if (given instanceof Uint8Array) {
    const key = await importKey("pkcs8", given, "sign", refuse);
    return await withPublic(key, (await crypto.subtle.exportKey("jwk", key)).x!, refuse);
  }
  if (typeof given.d !== "string") throw refuse("it is a public key");
  const key = await importKey("jwk", given, "sign", refuse);
  return await withPublic(key, String(given.x), refuse);
}

/**
 * Reads the public half of an Ed25519 pair: SPKI as PEM, or a JWK.
 *
 * @throws {MicroLmError} Kind `missing` or `permission`; `data` if it is another kind of key, a private one
 * or damaged.
 */
export async function readPublicKey(path: string): Promise<SigningKey> {
  const refuse = refuser(path, "a public Ed25519 key");
  const given = await readKey(path, "PUBLIC KEY", refuse);
  if (!(given instanceof Uint8Array) && given.d !== undefined) {
    throw refuse("it is a private key, which does not belong where files are checked");
  }
  const key = given instanceof Uint8Array
    ? await importKey("spki", given, "verify", refuse)
    : await importKey("jwk", given, "verify", refuse);
  return { key, publicKey: key, id: await idOf(key) };
}

type Refuse = (found: string, cause?: unknown) => MicroLmError;

function refuser(path: string, expected: string): Refuse {
  return (found, cause) =>
    new MicroLmError("data", `Expected ${expected}: ${found}`, {
      at: { file: path },
      hint: MAKE,
      cause,
    });
}

/** The bytes of a PEM file, or the object of a JWK. */
async function readKey(
  path: string,
  label: string,
  refuse: Refuse,
): Promise<Uint8Array<ArrayBuffer> | JsonWebKey> {
  const text = (await readWholeText(path, MOST)).trim();
  if (text.startsWith("{")) return readJwk(text, refuse);
  const found = /-----BEGIN ([A-Z0-9 ]+)-----/.exec(text)?.[1];
  if (found === undefined) throw refuse("found neither PEM nor a JWK");
  if (found !== label) throw refuse(`found "${found}"`);
  const body = new RegExp(`^-----BEGIN ${label}-----([A-Za-z0-9+/=\\s]*)-----END ${label}-----$`)
    .exec(text)?.[1];
  if (body === undefined) throw refuse("the PEM has no end, or something else stands beside it");
  try {
    return Uint8Array.from(atob(body.replace(/\s/g, "")), (char) => char.charCodeAt(0));
  } catch (cause) {
    throw refuse("the PEM is no base64", cause);
  }
}

function readJwk(text: string, refuse: Refuse): JsonWebKey {
  let jwk: JsonWebKey;
  try {
    jwk = JSON.parse(text);
  } catch (cause) {
    throw refuse("the JWK is no JSON", cause);
  }
  if (jwk.kty === "OKP" && jwk.crv === "Ed25519") {
    // Web Crypto minds what a key says of its own use
    const { kty, crv, x, d } = jwk;
    return { kty, crv, ...(x !== undefined && { x }), ...(d !== undefined && { d }) };
  }
  throw refuse(`found a JWK of kind ${JSON.stringify(jwk.kty)}, curve ${JSON.stringify(jwk.crv)}`);
}

async function importKey(
  format: "pkcs8" | "spki" | "jwk",
  data: Uint8Array<ArrayBuffer> | JsonWebKey,
  use: "sign" | "verify",
  refuse: Refuse,
): Promise<CryptoKey> {
  try {
    return format === "jwk"
      ? await crypto.subtle.importKey(format, data as JsonWebKey, "Ed25519", true, [use])
      : await crypto.subtle.importKey(format, data as BufferSource, "Ed25519", true, [use]);
  } catch (cause) {
    throw refuse("it is damaged, or of another kind than Ed25519", cause);
  }
}

/** Checks that the two halves belong together: a JWK may claim any. */
async function withPublic(key: CryptoKey, x: string, refuse: Refuse): Promise<SigningKey> {
  const jwk = { kty: "OKP", crv: "Ed25519", x };
  const publicKey = await importKey("jwk", jwk, "verify", refuse);
  const probe = new TextEncoder().encode("micro-lm");
  const signature = await crypto.subtle.sign("Ed25519", key, probe);
  if (!await crypto.subtle.verify("Ed25519", publicKey, signature, probe)) {
    throw refuse("its halves do not belong together");
  }
  return { key, publicKey, id: await idOf(publicKey) };
}

async function idOf(key: CryptoKey): Promise<string> {
  return sha256Hex(new Uint8Array(await crypto.subtle.exportKey("raw", key)));
}
