"""Programs that read a webhook, as /developers/ shows them. They need no package; a test runs them as they are on the page."""

import json

from django.conf import settings

from requests_app.api.v1.webhooks import sample
from requests_app.web.developers.example_code import Call, as_curl

PORT = 8444
# Only a city in development calls the computer it runs on.
HERE, ELSEWHERE = f"http://127.0.0.1:{PORT}/", "https://…"
SHOWN = "request.resolved"

READ_IN_PYTHON = '''\
import base64, hashlib, hmac, json, time

def read_webhook(secret, headers, body):
    """body: the bytes as they came."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    sent_at = headers["webhook-timestamp"]
    signed = f"{headers['webhook-id']}.{sent_at}.".encode() + body
    wanted = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    is_ours = any(hmac.compare_digest(wanted, one) for one in headers["webhook-signature"].split())
    if not is_ours or abs(time.time() - int(sent_at)) > 300:
        raise ValueError("not from the city")
    return json.loads(body)'''

READ_IN_NODE = """\
import { createHmac, timingSafeEqual } from "node:crypto";

// body: the text as it came.
export function readWebhook(secret, headers, body) {
  const key = Buffer.from(secret.replace("whsec_", ""), "base64");
  const sentAt = headers["webhook-timestamp"];
  const signed = `${headers["webhook-id"]}.${sentAt}.${body}`;
  const wanted = Buffer.from("v1," + createHmac("sha256", key).update(signed).digest("base64"));
  const isOurs = headers["webhook-signature"].split(" ").map((one) => Buffer.from(one))
    .some((one) => one.length === wanted.length && timingSafeEqual(one, wanted));
  if (!isOurs || !(Math.abs(Date.now() / 1000 - sentAt) <= 300)) throw new Error("not from the city");
  return JSON.parse(body);
}"""

RECEIVER = f"""\
python3 - <<'END' &
{READ_IN_PYTHON}

import os
from http.server import BaseHTTPRequestHandler, HTTPServer

class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        print(read_webhook(os.environ["SECRET"], self.headers, body), flush=True)
        self.send_response(204)
        self.end_headers()

HTTPServer(("127.0.0.1", {PORT}), Receiver).serve_forever()
END"""


def commands(site: str) -> dict[str, str]:
    """From a new webhook to its first event, with $KEY and the $REFERENCE of a test report."""
    headers = {"Authorization": "Bearer $KEY"}
    address = HERE if settings.WEBHOOKS_TO_LOOPBACK else ELSEWHERE
    body = {"url": address, "payload": "full"}
    step = f"{site}/api/v1/sandbox/requests/$REFERENCE/advance/"
    return {
        "create": as_curl(Call("POST", f"{site}/api/v1/webhooks/", headers=headers, body=body)),
        "receive": RECEIVER,
        "advance": as_curl(Call("POST", step, headers=headers, body={"action": "accept"})),
    }


def shown() -> str:
    """A thin body."""
    return json.dumps(sample(SHOWN, full=False), indent=2)
