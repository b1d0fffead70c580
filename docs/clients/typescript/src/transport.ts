import { PreconditionFailed, Problem, Unreachable } from "./problems.js";

/** times: how often a call is sent again. longestS: a longer wait is not waited for, but thrown. sleep: in seconds. */
export interface Retries {
  times: number;
  longestS: number;
  sleep: (seconds: number) => Promise<void>;
}

/** site and key: without a site, LAMPLIGHTER_SITE and LAMPLIGHTER_KEY of the environment. fetch: instead of the global one. */
export interface Options {
  site?: string;
  key?: string;
  language?: string;
  retries?: Partial<Retries>;
  timeoutS?: number;
  fetch?: typeof fetch;
}

/** idempotencyKey: your own, if another process may send the same again. */
export interface Again {
  idempotencyKey?: string;
}

/** etag: of what is changed, as you read it. With it, PreconditionFailed is thrown if it has changed since. */
export interface IfMatch {
  etag?: string;
}

/** etagOf: the address of what the answer's ETag is for, to be remembered. mayRepeat: a second time does no harm. */
interface Call extends Again, IfMatch {
  etagOf?: string;
  mayRepeat?: boolean;
}

export type Query = Record<string, string | number | boolean | undefined>;
type Body = { json: unknown } | { form: FormData };
interface Page<Row> {
  results: Row[];
  next: string | null;
}

export const PAGE_MAX = 200;
// So many were read last; the ETags of others are forgotten.
const ETAGS_MOST = 1000;
// Too many requests, and an outage. The city says when to try again.
const WORTH_A_RETRY = [429, 503];
// From a proxy, which can't know whether the call took effect.
const AS_IF_UNANSWERED = [502, 503, 504];

/** HTTP with fetch: the key, retries, pages, and errors as exceptions. */
export class Transport {
  readonly site: string;
  readonly #headers: Record<string, string>;
  readonly #retries: Retries;
  readonly #timeoutS: number;
  readonly #fetch: typeof fetch;
  readonly #etags = new Map<string, string>();

  constructor(options: Options) {
    let { site = "", key = "" } = options;
    if (!site) {
      // Together: a key goes to no other city than its own.
      site = environment("LAMPLIGHTER_SITE");
      key ||= environment("LAMPLIGHTER_KEY");
    }
    this.site = origin(site);
    this.#retries = { times: 3, longestS: 60, sleep, ...options.retries };
    this.#timeoutS = options.timeoutS ?? 30;
    // A browser's fetch must be called without an object.
    this.#fetch = options.fetch ?? ((input, init) => fetch(input, init));
    this.#headers = { Accept: "application/json" };
    if (key) this.#headers["Authorization"] = `Bearer ${key}`;
    if (options.language) this.#headers["Accept-Language"] = options.language;
  }

  /** Of what was last read or changed there; "" if nothing was. */
  etag(path: string): string {
    return this.#etags.get(numberAlone(path)) ?? "";
  }

  get<Answer>(path: string, query: Query = {}, call: { etagOf?: string } = {}): Promise<Answer> {
    const chosen = Object.entries(query).filter(([, value]) => value !== undefined && value !== "" && value !== false);
    const search = new URLSearchParams(chosen.map(([name, value]) => [name, value === true ? "1" : String(value)]));
    return this.#send("GET", search.size ? `${path}?${search}` : path, { mayRepeat: true, ...call });
  }

  post<Answer>(path: string, body: unknown, call: Call = {}): Promise<Answer> {
    return this.#send("POST", path, { mayRepeat: true, ...keyed(call), body: { json: body } });
  }

  upload<Answer>(path: string, form: FormData, call: Call = {}): Promise<Answer> {
    return this.#send("POST", path, { mayRepeat: true, ...keyed(call), body: { form } });
  }

  /** idempotencyKey: undefined where the city takes none. */
  patch<Answer>(path: string, body: unknown, call: Call = {}): Promise<Answer> {
    // A second time, the ETag would be that of before the first.
    const mayRepeat = !call.etag || call.idempotencyKey !== undefined;
    return this.#send("PATCH", path, { mayRepeat, ...call, body: { json: body } });
  }

  async delete(path: string): Promise<void> {
    // A second time, it would not be there.
    await this.#send("DELETE", path, { mayRepeat: false });
  }

  /** All pages, which are fetched as they are needed. */
  async *pages<Row, Content extends Page<Row>>(path: string, query: Query): AsyncGenerator<Content, void, undefined> {
    let page = await this.get<Content>(path, query);
    yield page;
    while (page.next) {
      // From our own address of the city: the key goes nowhere else.
      const { pathname, search } = new URL(page.next, this.site);
      page = await this.get<Content>(pathname + search);
      yield page;
    }
  }

  async *rows<Row>(path: string, query: Query): AsyncGenerator<Row, void, undefined> {
    for await (const page of this.pages<Row, Page<Row>>(path, query)) yield* page.results;
  }

  async #send<Answer>(
    method: string,
    path: string,
    call: Call & { body?: Body; mayRepeat: boolean },
  ): Promise<Answer> {
    const init: RequestInit = { method, headers: { ...this.#headers }, redirect: "manual" };
    const headers = init.headers as Record<string, string>;
    if (call.idempotencyKey) headers["Idempotency-Key"] = call.idempotencyKey;
    if (call.etag) headers["If-Match"] = call.etag;
    if (call.body && "json" in call.body) {
      headers["Content-Type"] = "application/json";
      init.body = JSON.stringify(call.body.json);
    } else if (call.body) {
      init.body = call.body.form;
    }
    for (let attempt = 0; ; attempt++) {
      let content: string;
      let etag: string;
      try {
        [content, etag] = await this.#attempt(path, init);
      } catch (error) {
        await this.#retries.sleep(this.#waitS(error, attempt, call.mayRepeat));
        continue;
      }
      if (call.etagOf) this.#remember(call.etagOf, etag);
      return parsed(content) as Answer;
    }
  }

  /** etag: "" after a change whose answer doesn't say the new one. */
  #remember(path: string, etag: string): void {
    this.#etags.delete(numberAlone(path));
    if (!etag) return;
    this.#etags.set(numberAlone(path), etag);
    const [oldest] = this.#etags.keys();
    if (this.#etags.size > ETAGS_MOST && oldest !== undefined) this.#etags.delete(oldest);
  }

  /** The body and its ETag. */
  async #attempt(path: string, init: RequestInit): Promise<[string, string]> {
    let response: Response;
    let content: string;
    try {
      response = await this.#fetch(this.site + path, { ...init, signal: AbortSignal.timeout(this.#timeoutS * 1000) });
      content = await response.text();
    } catch (error) {
      throw new Unreachable(`${this.site} gave no answer: ${reason(error)}`, { cause: error });
    }
    if (response.ok) return [content, response.headers.get("ETag") ?? ""];
    const seconds = response.headers.get("Retry-After") ?? "";
    // The city always sends seconds, never a date.
    const retryAfterS = /^\d+$/.test(seconds) ? Number(seconds) : null;
    let body: unknown = null;
    try {
      body = JSON.parse(content);
    } catch {
      // From a proxy.
    }
    const problem = body && typeof body === "object" ? (body as Record<string, unknown>) : {};
    throw new (response.status === 412 ? PreconditionFailed : Problem)(response.status, problem, retryAfterS);
  }

  /** The seconds to wait before the next attempt. Throws the error if there should be none. */
  #waitS(error: unknown, attempt: number, mayRepeat: boolean): number {
    let waitS: number | null = null;
    if (error instanceof Problem) {
      if (WORTH_A_RETRY.includes(error.status)) waitS = error.retryAfterS;
      if (waitS === null && mayRepeat && AS_IF_UNANSWERED.includes(error.status)) waitS = 2 ** attempt;
    } else if (error instanceof Unreachable && mayRepeat) {
      waitS = 2 ** attempt;
    }
    if (waitS === null || waitS > this.#retries.longestS || attempt >= this.#retries.times) throw error;
    return waitS;
  }
}

/** The same key at each attempt, so that a report that arrived twice is one. */
function keyed(call: Call): Call {
  return { ...call, idempotencyKey: call.idempotencyKey || crypto.randomUUID() };
}

/** The same for 7K3M-9QWT and 7k3m9qwt. */
function numberAlone(path: string): string {
  return path.replaceAll("-", "").toUpperCase();
}

function sleep(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}

function parsed(content: string): unknown {
  if (!content) return null;
  try {
    return JSON.parse(content);
  } catch {
    throw new Unreachable("The answer is not JSON. Is this the address of the city’s website?");
  }
}

function origin(site: string): string {
  let address: URL;
  try {
    address = new URL(site.includes("://") ? site : `https://${site}`);
  } catch {
    address = new URL("about:blank");
  }
  if (!["http:", "https:"].includes(address.protocol)) {
    throw new TypeError(`The address of a city looks like https://311.example.org, not ${JSON.stringify(site)}.`);
  }
  return address.origin;
}

function environment(name: string): string {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
  return process?.env?.[name] ?? "";
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
