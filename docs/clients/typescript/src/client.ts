import type { Shapes } from "./shapes.js";
import { Staff } from "./staff.js";
import { PAGE_MAX, Transport, type Options } from "./transport.js";

const BASE = "/api/v1/";

/** Latitude and longitude. */
export type Point = readonly [lat: number, long: number];
/** Latitude, longitude and meters. */
export type Circle = readonly [lat: number, long: number, meters: number];

export interface Filters {
  q?: string;
  category?: string;
  service?: string | readonly string[];
  /** open, ended, or one of the codes. */
  status?: string | readonly string[];
  /** layer:code */
  area?: string | readonly string[];
  near?: Circle;
  /** West, south, east, north. */
  bbox?: readonly [number, number, number, number];
  asset?: string;
  /** A day or a time, as are the five below. */
  submitted_after?: string;
  submitted_before?: string;
  updated_after?: string;
  updated_before?: string;
  ended_after?: string;
  ended_before?: string;
  /** Also what ended more than three months ago. */
  older?: boolean;
  /** changed: the most recently updated first. */
  sort?: "newest" | "oldest" | "changed" | "ended";
  pageSize?: number;
}

export type Report = Omit<Shapes["NewReport"], "photos"> & {
  photos?: Blob[];
  /** Your own, if another process may send the same report again. */
  idempotencyKey?: string;
};

export interface Follow {
  area?: string;
  /** Alone or within one of the others. */
  service?: string;
  asset?: string;
  near?: Circle;
  cadence?: Shapes["NewFollow"]["cadence"];
}

/**
 * One city. A key is for sending reports and photos, joining one, webhooks and staff. Each method throws Problem if the
 * city refuses, and Unreachable if there is no answer.
 */
export class Lamplighter {
  readonly site: string;
  readonly staff: Staff;
  readonly #http: Transport;

  constructor(options: Options = {}) {
    this.#http = new Transport(options);
    this.site = this.#http.site;
    this.staff = new Staff(this.#http);
  }

  // --- Reading -------------------------------------------------------------------------------------------------------

  city(): Promise<Shapes["City"]> {
    return this.#http.get(`${BASE}city/`);
  }

  async categories(): Promise<Shapes["Category"][]> {
    return (await this.#http.get<Shapes["Categories"]>(`${BASE}categories/`)).results;
  }

  async services(category = ""): Promise<Shapes["ServiceRow"][]> {
    return (await this.#http.get<Shapes["Services"]>(`${BASE}services/`, { category })).results;
  }

  /** With its questions. */
  service(code: string): Promise<Shapes["Service"]> {
    return this.#http.get(`${BASE}services/${encodeURIComponent(code)}/`);
  }

  /** The services and articles that fit the text, best first. */
  suggestions(text: string): Promise<Shapes["Suggestions"]> {
    return this.#http.get(`${BASE}suggestions/`, { q: text });
  }

  async areas(layer = "", at?: Point): Promise<Shapes["AreaRow"][]> {
    return (await this.#http.get<Shapes["Areas"]>(`${BASE}areas/`, { layer, at: numbers(at) })).results;
  }

  /** What the city's address search finds, best first. */
  async places(text: string): Promise<Shapes["Place"][]> {
    return (await this.#http.get<Shapes["Places"]>(`${BASE}places/`, { q: text })).results;
  }

  /** since, until: months like 2026-06; without them, the last six. */
  statistics(since = "", until = ""): Promise<Shapes["Statistics"]> {
    return this.#http.get(`${BASE}statistics/`, { since, until });
  }

  /** All that fit; pages are fetched as they are needed. */
  requests(filters: Filters = {}): AsyncGenerator<Shapes["RequestRow"], void, undefined> {
    const { service = "", status = "", area = "", near, bbox, pageSize = 50, ...others } = filters;
    return this.#http.rows(`${BASE}requests/`, {
      ...others,
      // Of a list, the values with commas between.
      service: String(service),
      status: String(status),
      area: String(area),
      near: numbers(near),
      bbox: numbers(bbox),
      limit: Math.min(pageSize, PAGE_MAX),
    });
  }

  /** One request with its timeline. */
  request(reference: string): Promise<Shapes["Request"]> {
    return this.#http.get(requestPath(reference));
  }

  /**
   * What became public, changed or is public no longer since then, in pages; at least one. cursor: of the last page that
   * you have dealt with; store it together with what the page changed. since: a time of the last 90 days, or "now" to start.
   */
  changes(from: { cursor?: string; since?: string }): AsyncGenerator<Shapes["ChangePage"], void, undefined> {
    return this.#http.pages<Shapes["Change"], Shapes["ChangePage"]>(`${BASE}changes/`, from);
  }

  // --- Writing -------------------------------------------------------------------------------------------------------

  /**
   * Sends a report. Set emergency_confirmed only after the problem "emergency", once a person has read whom to call, and
   * said that no one is in danger.
   */
  report(report: Report): Promise<Shapes["Receipt"]> {
    const { photos = [], idempotencyKey, ...body } = report;
    if (!photos.length) {
      return this.#http.post(`${BASE}requests/`, body, idempotencyKey ? { idempotencyKey } : {});
    }
    const form = new FormData();
    form.append("report", JSON.stringify(body));
    addPhotos(form, "photos", photos);
    return this.#http.upload(`${BASE}requests/`, form, idempotencyKey);
  }

  /** A message from the reporter to those who work on it. */
  comment(reference: string, text: string, privateToken: string): Promise<Shapes["CommentReceipt"]> {
    return this.#http.post(`${requestPath(reference)}comments/`, { private_token: privateToken, text });
  }

  addPhoto(reference: string, photo: Blob, privateToken: string): Promise<Shapes["PhotoReceipt"]> {
    const form = new FormData();
    form.append("private_token", privateToken);
    addPhotos(form, "photo", [photo]);
    return this.#http.upload(`${requestPath(reference)}photos/`, form);
  }

  /** Somebody whom a public request affects, too. */
  join(reference: string, email: string, name = ""): Promise<Shapes["FollowerReceipt"]> {
    return this.#http.post(`${requestPath(reference)}followers/`, name ? { email, name } : { email });
  }

  /** Updates by email start once the link in an email is selected. */
  follow(email: string, { near, cadence = "daily", ...others }: Follow): Promise<Shapes["FollowReceipt"]> {
    const body = { email, cadence, ...others, ...(near ? { near: numbers(near) } : {}) };
    // A second one would send a second email.
    return this.#http.post(`${BASE}follows/`, body, { mayRepeat: false });
  }

  /** Moves a report that was sent with a test key: the usual next step, or this one. */
  advance(reference: string, step: Shapes["TestStep"] = {}): Promise<Shapes["Request"]> {
    const path = `${BASE}sandbox/requests/${encodeURIComponent(reference)}/advance/`;
    // A second time would be the step after it.
    return this.#http.post(path, step, { mayRepeat: false });
  }

  // --- Webhooks ------------------------------------------------------------------------------------------------------

  async webhooks(): Promise<Shapes["Webhook"][]> {
    return (await this.#http.get<Shapes["Webhooks"]>(`${BASE}webhooks/`)).results;
  }

  /** Keep its secret, which is shown only now. */
  createWebhook(webhook: Shapes["NewWebhook"]): Promise<Shapes["WebhookWithSecret"]> {
    return this.#http.post(`${BASE}webhooks/`, webhook, { mayRepeat: false });
  }

  changeWebhook(id: string, changes: Shapes["WebhookEdit"]): Promise<Shapes["Webhook"]> {
    return this.#http.patch(`${BASE}webhooks/${encodeURIComponent(id)}/`, changes);
  }

  deleteWebhook(id: string): Promise<void> {
    return this.#http.delete(`${BASE}webhooks/${encodeURIComponent(id)}/`);
  }

  /** Sends it the event webhook.test. */
  testWebhook(id: string): Promise<Shapes["WebhookDelivery"]> {
    return this.#http.post(`${BASE}webhooks/${encodeURIComponent(id)}/test/`, {}, { mayRepeat: false });
  }
}

function requestPath(reference: string): string {
  return `${BASE}requests/${encodeURIComponent(reference)}/`;
}

/** Without an exponent, which the city doesn't read. */
function numbers(values?: readonly number[]): string {
  return values ? values.map((value) => String(Number(value.toFixed(6)))).join(",") : "";
}

/** A file's name stays here: it may say whose it is. */
function addPhotos(form: FormData, name: string, photos: Blob[]): void {
  photos.forEach((photo, place) => form.append(name, photo, `photo-${place + 1}`));
}
