/** The built package against cities that answer as they should, late, wrongly or not at all. */

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";

import { Lamplighter, Problem, Unreachable } from "../dist/index.js";

/** Gives these answers in turn: [status, headers, body]; null closes the connection. Calls with its address and what was asked. */
async function city(answers, call) {
  const asked = [];
  const server = createServer((request, response) => {
    const parts = [];
    request.on("data", (part) => parts.push(part));
    request.on("end", () => {
      asked.push({ method: request.method, url: request.url, headers: request.headers, body: Buffer.concat(parts).toString() });
      const answer = answers.shift();
      if (!answer) return request.socket.destroy();
      const [status, headers, body] = answer;
      response.writeHead(status, headers).end(typeof body === "string" ? body : JSON.stringify(body));
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    return await call(`http://127.0.0.1:${server.address().port}`, asked);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test("a report is sent again with the same key after an outage, a proxy and a lost connection", async () => {
  const waits = [];
  const retries = { sleep: async (seconds) => void waits.push(seconds) };
  const answers = [[503, { "Retry-After": "7" }, ""], [502, {}, "<html>"], null, [201, {}, { reference: "7K3M-9QWT" }]];
  await city(answers, async (site, asked) => {
    const receipt = await new Lamplighter({ site, key: "lk_1", retries }).report({ service: "tree", description: "A branch." });
    assert.equal(receipt.reference, "7K3M-9QWT");
    assert.equal(asked.length, 4);
    assert.equal(new Set(asked.map((one) => one.headers["idempotency-key"])).size, 1);
    assert.equal(asked[0].headers.authorization, "Bearer lk_1");
    assert.deepEqual(JSON.parse(asked[3].body), { service: "tree", description: "A branch." });
  });
  assert.deepEqual(waits, [7, 2, 4]);
});

test("it gives up, and doesn't repeat what would do harm twice", async () => {
  const sleep = async () => {};
  const outage = [503, { "Retry-After": "1" }, ""];
  await city([outage, outage, outage], async (site, asked) => {
    await assert.rejects(new Lamplighter({ site, retries: { times: 2, sleep } }).city(), Problem);
    assert.equal(asked.length, 3);
  });
  await city([null], async (site, asked) => {
    await assert.rejects(new Lamplighter({ site }).follow("ana@example.org", { area: "ward:5" }), Unreachable);
    assert.equal(asked.length, 1);
  });
  await city([[429, { "Retry-After": "61" }, ""]], async (site, asked) => {
    await assert.rejects(new Lamplighter({ site }).city(), (error) => error.retryAfterS === 61);
    assert.equal(asked.length, 1);
  });
});

test("pages come as one, and only those that are read", async () => {
  const row = (reference) => ({ reference, tide: { height: 3 }, status: "levitating" });
  const pages = [
    [200, {}, { results: [row("A"), row("B")], next: "https://elsewhere.example/api/v1/requests/?cursor=x%2F1", weather: "fine" }],
    [200, {}, { results: [row("C")], next: null }],
  ];
  await city([...pages, ...pages], async (site, asked) => {
    const client = new Lamplighter({ site, key: "lk_1" });
    const references = [];
    for await (const request of client.requests({ status: ["open", "routed"], near: [40.5, -69, 500], older: true, pageSize: 2 })) {
      references.push(request.reference);
    }
    assert.deepEqual(references, ["A", "B", "C"]);
    assert.equal(asked[0].url, "/api/v1/requests/?older=1&status=open%2Crouted&near=40.5%2C-69%2C500&limit=2");
    assert.equal(asked[1].url, "/api/v1/requests/?cursor=x%2F1");
    for await (const request of client.requests()) if (request.reference === "B") break;
    assert.equal(asked.length, 3);
  });
});

test("a refusal says what is wrong, and the key goes along no redirection", async () => {
  const problem = { type: "https://x/developers/problems/invalid-body/", detail: "Two mistakes.", moon: 1 };
  const errors = [{ field: "answers.where", code: "choice", message: "Choose one." }];
  await city([[422, {}, { ...problem, errors }]], async (site) => {
    await assert.rejects(new Lamplighter({ site }).report({ service: "tree" }), (error) => {
      assert.deepEqual([error.status, error.code, error.message, error.errors], [422, "invalid-body", "Two mistakes.", errors]);
      return error instanceof Problem;
    });
  });
  await city([], async (elsewhere, stolen) => {
    await city([[302, { Location: elsewhere }, ""]], async (site) => {
      await assert.rejects(new Lamplighter({ site, key: "lk_1" }).city(), (error) => error.status === 302);
      assert.deepEqual(stolen, []);
    });
  });
  await city([[200, {}, "<html>"]], async (site) => {
    await assert.rejects(new Lamplighter({ site }).city(), /not JSON/);
  });
});

test("no network, a slow city and a wrong address", async () => {
  const retries = { times: 0 };
  await assert.rejects(new Lamplighter({ site: "http://127.0.0.1:9", retries }).city(), Unreachable);
  const slow = () => new Promise((_resolve, reject) => setTimeout(() => reject(new Error("late")), 20));
  await assert.rejects(new Lamplighter({ site: "city.example", retries, fetch: slow }).city(), /late/);
  assert.throws(() => new Lamplighter({ site: "file:///etc/passwd" }), /looks like https/);
  assert.throws(() => new Lamplighter(), /looks like https/);
});

test("photos go in a form, without their names", async () => {
  await city([[201, {}, { reference: "7K3M-9QWT" }]], async (site, asked) => {
    const photo = new File(["x"], "Ana Silva.jpg", { type: "image/jpeg" });
    await new Lamplighter({ site }).report({ service: "tree", photos: [photo] });
    assert.match(asked[0].headers["content-type"], /^multipart\/form-data/);
    assert.match(asked[0].body, /filename="photo-1"/);
    assert.doesNotMatch(asked[0].body, /Ana/);
  });
});
