/** The built package against cities that answer as they should, late, wrongly or not at all. */

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";

import { Lamplighter, PreconditionFailed, Problem, Unreachable } from "../dist/index.js";

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

test("an edit goes with the ETag of what was read, and a 412 says what changed", async () => {
  const one = { reference: "7K3M-9QWT" };
  const changes = [{ at: "2026-06-04T09:12:41-04:00", text: "The text was edited", by: null }];
  const refusal = { type: "https://x/developers/problems/precondition-failed/", detail: "It has changed.", changes };
  const answers = [[200, { ETag: '"1.a"' }, one], [200, {}, one], [428, {}, {}], [412, {}, refusal], null];
  await city(answers, async (site, asked) => {
    const client = new Lamplighter({ site, retries: { sleep: async () => {} } });
    await client.request("7k3m9qwt");
    assert.equal(client.etag("7K3M-9QWT"), '"1.a"');
    await client.edit("7K3M-9QWT", "A branch.", "1-x");
    assert.deepEqual(JSON.parse(asked[1].body), { private_token: "1-x", description: "A branch." });
    // The answer doesn't say the new one.
    await assert.rejects(client.edit("7K3M-9QWT", "A big branch.", "1-x"), (error) => error.status === 428);
    await assert.rejects(client.edit("7K3M-9QWT", "A big branch.", "1-x", { etag: '"1.a"' }), (error) => {
      assert.deepEqual([error.name, error.code, error.changes], ["PreconditionFailed", "precondition-failed", changes]);
      return error instanceof PreconditionFailed && error instanceof Problem;
    });
    // It may have taken effect, so it isn't sent again.
    await assert.rejects(client.edit("7K3M-9QWT", "A big branch.", "1-x", { etag: '"1.a"' }), Unreachable);
    const sent = asked.map((call) => [call.method, call.headers["if-match"], call.headers["idempotency-key"]]);
    assert.deepEqual(sent.slice(1), [
      ["PATCH", '"1.a"', undefined],
      ["PATCH", undefined, undefined],
      ["PATCH", '"1.a"', undefined],
      ["PATCH", '"1.a"', undefined],
    ]);
  });
});

test("staff change what they have read, act on it, and give tasks", async () => {
  const [one, task] = [{ reference: "7K3M-9QWT" }, { id: "31", state: "open" }];
  const answers = [[200, { ETag: '"1.a"' }, one], null, [200, { ETag: '"2.b"' }, one], [200, { ETag: '"3.c"' }, one]];
  const ofTasks = [[201, {}, task], [200, { ETag: '"t.a"' }, task], [412, {}, {}], [200, {}, { results: [task], next: null }]];
  await city([...answers, ...ofTasks], async (site, asked) => {
    const { staff } = new Lamplighter({ site, key: "lk_1", retries: { sleep: async () => {} } });
    await staff.request("7K3M-9QWT");
    await staff.change("7K3M-9QWT", { priority: 1 });
    assert.equal(asked[1].headers["idempotency-key"], asked[2].headers["idempotency-key"]);
    const photos = [new File(["x"], "Ana Silva.jpg", { type: "image/jpeg" })];
    await staff.act("7K3M-9QWT", "resolve", { outcome: "fixed" }, { photos, etag: staff.etag("7K3M-9QWT"), idempotencyKey: "k" });
    assert.deepEqual(asked.slice(1, 4).map((call) => call.headers["if-match"]), ['"1.a"', '"1.a"', '"2.b"']);
    assert.equal(asked[3].headers["idempotency-key"], "k");
    assert.match(asked[3].body, /name="action"[^]*"outcome":"fixed"[^]*name="photos"; filename="photo-1"/);
    assert.equal(staff.etag("7K3M-9QWT"), '"3.c"');

    await staff.addTask("7K3M-9QWT", { department: "PW", what: "Fill it." }, { idempotencyKey: "t" });
    await staff.task("31");
    const etag = staff.taskEtag("31");
    await assert.rejects(staff.changeTask("31", { state: "done" }, { etag }), (error) => error.changes.length === 0);
    const tasks = [];
    for await (const row of staff.tasks({ state: "all" })) tasks.push(row.id);
    assert.deepEqual(tasks, ["31"]);
    assert.deepEqual([asked[4].url, asked[4].headers["idempotency-key"]], ["/api/v1/staff/requests/7K3M-9QWT/tasks/", "t"]);
    assert.deepEqual([asked[6].method, asked[6].headers["if-match"]], ["PATCH", '"t.a"']);
  });
});

test("a batch keeps the key of each report, and is sent again as a whole", async () => {
  const results = [{ status: 201, receipt: { reference: "7K3M-9QWT" }, problem: null }];
  const photo = [201, {}, { id: "0f3a" }];
  await city([photo, null, [200, {}, { results }]], async (site, asked) => {
    const client = new Lamplighter({ site, key: "lk_1", retries: { sleep: async () => {} } });
    const { id } = await client.uploadPhoto(new File(["x"], "Ana Silva.jpg"), "A hole");
    const reports = [{ idempotency_key: "row 1", report: { service: "tree", photos: [id] } }];
    assert.deepEqual(await client.reportBatch(reports), results);
    assert.equal(asked[1].body, asked[2].body);
    assert.deepEqual(JSON.parse(asked[1].body), { reports });
  });
});

test("webhooks are tried, deliveries listed and sent again, and a listener read", async () => {
  const delivery = { id: "9", webhook_id: "msg_1", type: "webhook.test" };
  const events = { results: [{ headers: { "webhook-id": "msg_1" }, body: "{}" }], cursor: "msg_1", wait_s: 0 };
  const pages = [[200, {}, { results: [delivery], next: "/api/v1/webhooks/4/deliveries/?cursor=x" }], [200, {}, { results: [delivery], next: null }]];
  const secret = { id: "5", secret: "whsec_1" };
  const answers = [[202, {}, delivery], ...pages, [202, {}, delivery], [200, {}, secret], [201, {}, secret], [200, {}, events]];
  await city(answers, async (site, asked) => {
    const client = new Lamplighter({ site, key: "lk_1" });
    assert.equal((await client.tryWebhook("4")).type, "webhook.test");
    const deliveries = [];
    for await (const one of client.deliveries("4", "dead")) deliveries.push(one.id);
    assert.deepEqual(deliveries, ["9", "9"]);
    await client.resend("4", "9");
    await client.rotateSecret("4", 0);
    const listener = await client.createListener({ payload: "full" });
    assert.equal((await client.listenerEvents(listener.id, "msg_0")).cursor, "msg_1");
    assert.deepEqual(
      asked.map((call) => `${call.method} ${call.url}`),
      [
        "POST /api/v1/webhooks/4/try/",
        "GET /api/v1/webhooks/4/deliveries/?state=dead&limit=200",
        "GET /api/v1/webhooks/4/deliveries/?cursor=x",
        "POST /api/v1/webhooks/4/deliveries/9/resend/",
        "POST /api/v1/webhooks/4/secret/",
        "POST /api/v1/webhooks/listeners/",
        "GET /api/v1/webhooks/5/events/?cursor=msg_0",
      ],
    );
    assert.deepEqual(JSON.parse(asked[4].body), { overlap_hours: 0 });
  });
});

test("changes come page by page, each with the cursor to store", async () => {
  const page = (cursor, next) => [200, {}, { results: [{ kind: "levitated", reference: cursor }], cursor, next }];
  await city([page("c1", "/api/v1/changes/?cursor=c1"), page("c2", null)], async (site, asked) => {
    const cursors = [];
    for await (const { cursor } of new Lamplighter({ site }).changes({ since: "2026-06-01" })) cursors.push(cursor);
    assert.deepEqual(cursors, ["c1", "c2"]);
    assert.equal(asked[0].url, "/api/v1/changes/?since=2026-06-01");
  });
});
