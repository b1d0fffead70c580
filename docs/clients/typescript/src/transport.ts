import { Problem, Unreachable } from "./problems.js";

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

export type Query = Record<string, string | number | boolean | undefined>;
type Body = { json: unknown } | { form: FormData };
interface Page<Row> {
  results: Row[];
  next: string | null;
}

export const PAGE_MAX = 200;
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

  get<Answer>(path: string, query: Query = {}): Promise<Answer> {
    const chosen = Object.entries(query).filter(([, value]) => value !== undefined && value !== "" && value !== false);
    const search = new URLSearchParams(chosen.map(([name, value]) => [name, value === true ? "1" : String(value)]));
    return this.#send("GET", search.size ? `${path}?${search}` : path, { mayRepeat: true });
  }

  /** mayRepeat: a second time does no harm, so it is sent again if the connection fails. */
  post<Answer>(path: string, body: unknown, options: { idempotencyKey?: string; mayRepeat?: boolean } = {}): Promise<Answer> {
    return this.#send("POST", path, { body: { json: body }, mayRepeat: true, ...options });
  }

  upload<Answer>(path: string, form: FormData, idempotencyKey?: string): Promise<Answer> {
    return this.#send("POST", path, { body: { form }, mayRepeat: true, idempotencyKey });
  }

  patch<Answer>(path: string, body: unknown): Promise<Answer> {
    return this.#send("PATCH", path, { body: { json: body }, mayRepeat: true });
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
    call: { body?: Body; idempotencyKey?: string | undefined; mayRepeat: boolean },
  ): Promise<Answer> {
    const init: RequestInit = { method, headers: { ...this.#headers }, redirect: "manual" };
    const headers = init.headers as Record<string, string>;
    // The same at each attempt, so that a report that arrived twice is one.
    if (method === "POST") headers["Idempotency-Key"] = call.idempotencyKey || crypto.randomUUID();
    if (call.body && "json" in call.body) {
      headers["Content-Type"] = "application/json";
      init.body = JSON.stringify(call.body.json);
    } else if (call.body) {
      init.body = call.body.form;
    }
    for (let attempt = 0; ; attempt++) {
      let content: string;
      try {
        content = await this.#attempt(path, init);
      } catch (error) {
        await this.#retries.sleep(this.#waitS(error, attempt, call.mayRepeat));
        continue;
      }
      return parsed(content) as Answer;
    }
  }

  async #attempt(path: string, init: RequestInit): Promise<string> {
    let response: Response;
    let content: string;
    try {
      response = await this.#fetch(this.site + path, { ...init, signal: AbortSignal.timeout(this.#timeoutS * 1000) });
      content = await response.text();
    } catch (error) {
      throw new Unreachable(`${this.site} gave no answer: ${reason(error)}`, { cause: error });
    }
    if (response.ok) return content;
    const seconds = response.headers.get("Retry-After") ?? "";
    // The city always sends seconds, never a date.
    const retryAfterS = /^\d+$/.test(seconds) ? Number(seconds) : null;
    let body: unknown = null;
    try {
      body = JSON.parse(content);
    } catch {
      // From a proxy.
    }
    throw new Problem(response.status, body && typeof body === "object" ? (body as Record<string, unknown>) : {}, retryAfterS);
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
