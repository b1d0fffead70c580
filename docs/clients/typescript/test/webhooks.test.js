/** The check of a webhook, held to the published example of Standard Webhooks' own libraries. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { NotFromTheCity, readWebhook } from "../dist/index.js";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const AT = 1614265330;
const BODY = '{"test": 2432232314}';
const HEADERS = {
  "Webhook-Id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
  "Webhook-Timestamp": String(AT),
  "Webhook-Signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
};

test("a message of the city is read, during a rotation, too", async () => {
  assert.deepEqual(await readWebhook(BODY, HEADERS, SECRET, { nowS: AT + 299 }), JSON.parse(BODY));
  const rotating = { ...HEADERS, "Webhook-Signature": `v1,AAAA v2,x v1,* ${HEADERS["Webhook-Signature"]}` };
  assert.deepEqual(await readWebhook(Buffer.from(BODY), new Headers(rotating), SECRET.slice(6), { nowS: AT }), JSON.parse(BODY));
});

for (const [what, body, headers, nowS] of [
  ["another body", `${BODY} `, {}, AT],
  ["another id", BODY, { "Webhook-Id": "msg_other" }, AT],
  ["another time", BODY, { "Webhook-Timestamp": String(AT + 1) }, AT],
  ["no signature", BODY, { "Webhook-Signature": "" }, AT],
  ["an empty signature", BODY, { "Webhook-Signature": "v1," }, AT],
  ["no time", BODY, { "Webhook-Timestamp": "soon" }, AT],
  ["an old message", BODY, {}, AT + 301],
  ["a message of the future", BODY, {}, AT - 301],
]) {
  test(`${what} is refused`, async () => {
    await assert.rejects(readWebhook(body, { ...HEADERS, ...headers }, SECRET, { nowS }), NotFromTheCity);
  });
}

test("a secret that is none says so", async () => {
  await assert.rejects(readWebhook(BODY, HEADERS, "whsec_é", { nowS: AT }), /whsec_/);
});
