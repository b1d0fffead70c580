import type { Shapes } from "./shapes.js";

const TOLERANCE_S = 300;

/** Answer 400 and do nothing. */
export class NotFromTheCity extends Error {
  override name = "NotFromTheCity";
}

/**
 * The content of a webhook, once its signature fits (Standard Webhooks 1.0). Throws NotFromTheCity.
 *
 * body: exactly as it came. headers: of the request, as Headers or as Node has them. secret: whsec_… of the webhook. A
 * message may come twice: its webhook-id stays the same.
 */
export async function readWebhook(
  body: string | Uint8Array,
  headers: Headers | Record<string, string | string[] | undefined>,
  secret: string,
  options: { nowS?: number; toleranceS?: number } = {},
): Promise<Shapes["WebhookMessage"]> {
  const { nowS = Date.now() / 1000, toleranceS = TOLERANCE_S } = options;
  const [id, at, signatures] = ["id", "timestamp", "signature"].map((name) => header(headers, `webhook-${name}`));
  if (!id || !at || !/^\d+$/.test(at) || !signatures) {
    throw new NotFromTheCity("The headers webhook-id, webhook-timestamp and webhook-signature are needed.");
  }
  if (Math.abs(nowS - Number(at)) > toleranceS) {
    throw new NotFromTheCity("The message is too old, or one of the clocks is wrong.");
  }
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  const head = new TextEncoder().encode(`${id}.${at}.`);
  const signed = new Uint8Array(head.length + bytes.length);
  signed.set(head);
  signed.set(bytes, head.length);
  const key = await crypto.subtle.importKey("raw", keyOf(secret), { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
  // During a rotation there are two. `verify` takes the same time for each.
  const checks = signatures
    .split(" ")
    .filter((one) => one.startsWith("v1,"))
    .map(async (one) => crypto.subtle.verify("HMAC", key, decoded(one.slice(3)) ?? new Uint8Array(), signed));
  if (!(await Promise.all(checks)).includes(true)) throw new NotFromTheCity("The signature doesn’t fit the message.");
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as Shapes["WebhookMessage"];
  } catch {
    throw new NotFromTheCity("The message is not JSON.");
  }
}

function header(headers: Headers | Record<string, string | string[] | undefined>, name: string): string {
  if (headers instanceof Headers) return headers.get(name) ?? "";
  const entry = Object.entries(headers).find(([one]) => one.toLowerCase() === name);
  return typeof entry?.[1] === "string" ? entry[1] : "";
}

function keyOf(secret: string): Uint8Array<ArrayBuffer> {
  const key = decoded(secret.replace(/^whsec_/, ""));
  if (!key) throw new TypeError("The secret of a webhook looks like whsec_ and letters and digits after it.");
  return key;
}

function decoded(base64: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  } catch {
    return null;
  }
}
