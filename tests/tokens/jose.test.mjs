/** The npm package `jose` reads the client tokens of the handshake; the server refuses those that it makes. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, test } from "node:test";
import * as jose from "jose";
import { account, baseUrl, handshake } from "../lib/world.mjs";

const { version } = JSON.parse(readFileSync(new URL("node_modules/jose/package.json", import.meta.url), "utf8"));
console.log(`jose ${version}`);

let token;
let header;
let claims;
before(async () => {
  ({ token } = await handshake());
  header = jose.decodeProtectedHeader(token);
  claims = jose.decodeJwt(token);
});

async function ask(credential) {
  const response = await fetch(`${baseUrl}/v1/ai-agent/chat`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${credential}` },
    body: JSON.stringify({ query: "Hello", pid: account.projectId, chatbot_id: account.chatbotId, user_context: { platform: "web" } }),
  });
  return { status: response.status, body: await response.json() };
}

async function refused(credential) {
  const { status, body } = await ask(credential);
  assert.equal(status, 401);
  assert.equal(body.error.code, "UNAUTHORIZED");
}

test("jose reads the token", async () => {
  assert.equal(header.alg, "HS256");
  assert.equal(typeof header.kid, "string");
  assert.equal(claims.exp - claims.iat, 3600);
  assert.equal(claims.nbf, undefined);
  assert.deepEqual(claims.chatbots, [account.chatbotId]);
  await assert.rejects(jose.jwtVerify(token, new Uint8Array(32)), jose.errors.JWSSignatureVerificationFailed);
  assert.equal((await ask(token)).status, 200);
});

for (const algorithm of ["HS256", "HS384", "HS512"]) {
  test(`a token that jose signs with ${algorithm}`, async () => {
    for (const secret of [new Uint8Array(64), new TextEncoder().encode(header.kid.padEnd(64, header.kid))]) {
      await refused(await new jose.SignJWT(claims).setProtectedHeader({ ...header, alg: algorithm }).sign(secret));
    }
  });
}

for (const algorithm of ["RS256", "PS256", "ES256", "EdDSA"]) {
  test(`a token that jose signs with ${algorithm}, and its public key as a secret`, async () => {
    const { privateKey, publicKey } = await jose.generateKeyPair(algorithm, { extractable: true });
    await refused(await new jose.SignJWT(claims).setProtectedHeader({ ...header, alg: algorithm }).sign(privateKey));
    const jwk = await jose.exportJWK(publicKey);
    await refused(await new jose.SignJWT(claims).setProtectedHeader({ ...header, alg: algorithm, jwk }).sign(privateKey));
    const secret = new TextEncoder().encode(await jose.exportSPKI(publicKey));
    await refused(await new jose.SignJWT(claims).setProtectedHeader(header).sign(secret));
  });
}

test("a token without a signature", async () => {
  await refused(new jose.UnsecuredJWT(claims).encode());
});

test("an encrypted token", async () => {
  const encrypted = await new jose.EncryptJWT(claims).setProtectedHeader({ alg: "dir", enc: "A256GCM" }).encrypt(new Uint8Array(32));
  await refused(encrypted);
});

test("a token not yet valid, and one long expired, both forged", async () => {
  const now = Math.floor(Date.now() / 1000);
  const sign = (change) => new jose.SignJWT({ ...claims, ...change }).setProtectedHeader(header).sign(new Uint8Array(32));
  await refused(await sign({ nbf: now + 3600 }));
  await refused(await sign({ iat: now - 86_400, exp: now - 82_800 }));
});
