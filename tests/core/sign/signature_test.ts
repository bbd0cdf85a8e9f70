import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { MicroLmError } from "../../../src/core/errors.ts";
import { readPrivateKey, readPublicKey } from "../../../src/core/sign/keys.ts";
import {
  readSignature,
  signatureCheck,
  signaturePath,
  writeSigned,
} from "../../../src/core/sign/signature.ts";
import { inTempFolder, write } from "../../temp.ts";
import { makeKeys, pem } from "./make_keys.ts";

async function refusal(run: () => Promise<unknown>): Promise<MicroLmError> {
  return await assertRejects(run, MicroLmError);
}

Deno.test("a key is read as PEM and as JWK, and both are the same key", async () => {
  await inTempFolder(async (folder) => {
    const keys = await makeKeys(folder, "a");
    const ids = [
      await readPrivateKey(keys.privatePem),
      await readPrivateKey(keys.privateJwk),
      await readPublicKey(keys.publicPem),
      await readPublicKey(keys.publicJwk),
    ].map(({ id }) => id);
    assertEquals(new Set(ids).size, 1);
  });
});

Deno.test("what is no Ed25519 key of the right half is refused with what was found", async () => {
  await inTempFolder(async (folder) => {
    const { privatePem, privateJwk, publicPem, publicJwk } = await makeKeys(folder, "a");
    const other = JSON.parse(await Deno.readTextFile((await makeKeys(folder, "b")).publicJwk));
    const text = await Deno.readTextFile(privatePem);
    const jwk = JSON.parse(await Deno.readTextFile(privateJwk));
    const ec = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, [
      "sign",
      "verify",
    ]);
    const ecPem = pem("PRIVATE KEY", await crypto.subtle.exportKey("pkcs8", ec.privateKey));
    const cases: [string, string | Uint8Array, string][] = [
      ["short.pem", text.slice(0, 60), "the PEM has no end"],
      ["cut.pem", text.replace(/.{8}\n-----END/, "\n-----END"), "damaged"],
      ["two.pem", text + text, "something else stands beside it"],
      ["ec.pem", ecPem, "of another kind than Ed25519"],
      ["locked.pem", text.replaceAll("PRIVATE", "ENCRYPTED PRIVATE"), '"ENCRYPTED PRIVATE KEY"'],
      ["noise.pem", text.replace("MC4C", "M!4C"), "the PEM has no end, or something else"],
      ["odd.pem", text.replace("MC4C", "MC4CM"), "the PEM is no base64"],
      ["none.pem", "", "neither PEM nor a JWK"],
      ["ec.jwk", JSON.stringify({ kty: "EC", crv: "P-256" }), '"EC", curve "P-256"'],
      ["cut.jwk", JSON.stringify(jwk).slice(0, 40), "the JWK is no JSON"],
      ["mixed.jwk", JSON.stringify({ ...jwk, x: other.x }), "it is damaged"],
    ];
    for (const [name, content, found] of cases) {
      const path = await write(folder, name, content);
      const { kind, message } = await refusal(() => readPrivateKey(path));
      assertEquals(kind, "data", name);
      assertStringIncludes(message, name);
      const isMixed = name === "mixed.jwk";
      // Engines differ in whether they find that out while they read it
      assert(message.includes(found) || isMixed && /halves/.test(message), `${name}: ${message}`);
    }
    for (const path of [publicPem, publicJwk]) {
      assertEquals((await refusal(() => readPrivateKey(path))).kind, "data");
    }
    for (const path of [privatePem, privateJwk]) {
      assertEquals((await refusal(() => readPublicKey(path))).kind, "data");
    }
    assertEquals((await refusal(() => readPublicKey(`${folder}/no`))).kind, "missing");
    assertEquals((await refusal(() => readPublicKey(folder))).kind, "missing");
  });
});

Deno.test("a signature holds for these bytes and this key alone", async () => {
  await inTempFolder(async (folder) => {
    const key = await readPrivateKey((await makeKeys(folder, "a")).privatePem);
    const stranger = await readPrivateKey((await makeKeys(folder, "b")).privatePem);
    const path = `${folder}/x.json`;
    const bytes = async () => await Deno.readFile(path);
    const check = signatureCheck(key);
    await writeSigned(path, "one", key);
    await check(path, await bytes());
    assertStringIncludes(
      (await refusal(async () => {
        await signatureCheck(stranger)(path, await bytes());
      })).message,
      `it was signed by the key ${key.id}`,
    );

    await Deno.writeTextFile(path, "two");
    assertStringIncludes(
      (await refusal(async () => await check(path, await bytes()))).message,
      "another content was signed",
    );
    await writeSigned(`${folder}/y.json`, "other", key);
    await Deno.copyFile(signaturePath(`${folder}/y.json`), signaturePath(path));
    assertStringIncludes(
      (await refusal(async () => await check(path, await bytes()))).message,
      "another content was signed",
    );
    await Deno.remove(signaturePath(path));
    assertStringIncludes(
      (await refusal(async () => await check(path, await bytes()))).message,
      `there is no ${signaturePath(path)}`,
    );
  });
});

Deno.test("no change of a signature file lets anything through", async () => {
  await inTempFolder(async (folder) => {
    const key = await readPrivateKey((await makeKeys(folder, "a")).privatePem);
    const path = `${folder}/x.json`;
    await writeSigned(path, "one", key);
    const at = signaturePath(path);
    const whole = await Deno.readFile(at);
    const { signs } = JSON.parse(new TextDecoder().decode(whole));
    // The last byte is the line's end, and white space there says nothing
    for (let i = 0; i < whole.length - 1; i++) {
      const changed = whole.slice();
      changed[i]! ^= 1 + (i % 7);
      await Deno.writeFile(at, changed);
      const { kind } = await refusal(async () => {
        // A base64 digit may carry bits that nothing reads: then the statement must be the same
        assertEquals(await readSignature(path, key), signs);
        throw new MicroLmError("data", "the same statement");
      });
      assertEquals(kind, "data", `byte ${i}`);
    }
  });
});

Deno.test("a file is the same with a signature and without", async () => {
  await inTempFolder(async (folder) => {
    const key = await readPrivateKey((await makeKeys(folder, "a")).privatePem);
    await writeSigned(`${folder}/x`, "text", key);
    await writeSigned(`${folder}/y`, "text", undefined);
    assertEquals(await Deno.readFile(`${folder}/x`), await Deno.readFile(`${folder}/y`));
    await assertRejects(() => Deno.stat(`${folder}/y.sig`), Deno.errors.NotFound);
  });
});
