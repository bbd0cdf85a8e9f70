import { write } from "../../temp.ts";

/** A key file as `openssl` writes it. */
export function pem(label: string, der: ArrayBuffer): string {
  const base64 = btoa(String.fromCharCode(...new Uint8Array(der)));
  const lines = base64.replace(/(.{64})(?=.)/g, "$1\n");
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
}

/** Makes an Ed25519 pair and writes it in every form that is read. */
export async function makeKeys(folder: string, name: string) {
  const { privateKey, publicKey } = await crypto.subtle.generateKey("Ed25519", true, [
    "sign",
    "verify",
  ]) as CryptoKeyPair;
  const of = crypto.subtle.exportKey.bind(crypto.subtle);
  const jwk = async (key: CryptoKey) => JSON.stringify(await of("jwk", key));
  return {
    privatePem: await write(
      folder,
      `${name}.pem`,
      pem("PRIVATE KEY", await of("pkcs8", privateKey)),
    ),
    privateJwk: await write(folder, `${name}.jwk`, await jwk(privateKey)),
    publicPem: await write(
      folder,
      `${name}.pub.pem`,
      pem("PUBLIC KEY", await of("spki", publicKey)),
    ),
    publicJwk: await write(folder, `${name}.pub.jwk`, await jwk(publicKey)),
  };
}
