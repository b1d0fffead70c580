import { photosIn } from "./forms.js";
import type { Shapes } from "./shapes.js";
import { Staff } from "./staff.js";
import { PAGE_MAX, Transport, type Again, type IfMatch, type Options } from "./transport.js";

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

export type Report = Omit<Shapes["NewReport"], "photos"> & Again & { photos?: readonly Blob[] };

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

  /** What the city answers without a report. */
  async articles(): Promise<Shapes["ArticleRow"][]> {
    return (await this.#http.get<Shapes["Articles"]>(`${BASE}articles/`)).results;
  }

  article(code: string): Promise<Shapes["Article"]> {
    return this.#http.get(`${BASE}articles/${encodeURIComponent(code)}/`);
  }

  async areas(layer = "", at?: Point): Promise<Shapes["AreaRow"][]> {
    return (await this.#http.get<Shapes["Areas"]>(`${BASE}areas/`, { layer, at: numbers(at) })).results;
  }

  area(layer: string, code: string): Promise<Shapes["AreaRow"]> {
    return this.#http.get(`${BASE}areas/${encodeURIComponent(layer)}/${encodeURIComponent(code)}/`);
  }

  /** What the city's address search finds, best first; or, with at and no text, the address there. */
  async places(text = "", at?: Point): Promise<Shapes["Place"][]> {
    return (await this.#http.get<Shapes["Places"]>(`${BASE}places/`, { q: text, at: numbers(at) })).results;
  }

  /** Around a place the nearest eight, nearest first. Without it, all, in pages. */
  assets(
    filters: { near?: Circle; kind?: string; pageSize?: number } = {},
  ): AsyncGenerator<Shapes["Asset"], void, undefined> {
    const { near, kind = "", pageSize = 50 } = filters;
    return this.#http.rows(`${BASE}assets/`, { near: numbers(near), kind, limit: Math.min(pageSize, PAGE_MAX) });
  }

  /** A streetlight, a hydrant …, by the number on it. */
  asset(number: string): Promise<Shapes["Asset"]> {
    return this.#http.get(`${BASE}assets/${encodeURIComponent(number)}/`);
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
    const path = requestPath(reference);
    return this.#http.get(path, {}, { etagOf: path });
  }

  /** Of the request as this client last read it, for a program that edits it later; "" if it didn't. */
  etag(reference: string): string {
    return this.#http.etag(requestPath(reference));
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
    const { photos = [], idempotencyKey = "", ...body } = report;
    if (!photos.length) return this.#http.post(`${BASE}requests/`, body, { idempotencyKey });
    const form = photosIn({ photos }, { report: JSON.stringify(body) });
    return this.#http.upload(`${BASE}requests/`, form, { idempotencyKey });
  }

  /** Up to a hundred reports, each with a key of its own; what became of each, in order. */
  async reportBatch(reports: readonly Shapes["NewBatchReport"][]): Promise<Shapes["BatchResult"][]> {
    return (await this.#http.post<Shapes["Batch"]>(`${BASE}batches/`, { reports })).results;
  }

  /** A sensor's reading, measured at this time. Sent again, it changes nothing. */
  sendReading(reading: Shapes["NewReading"]): Promise<Shapes["Reading"]> {
    return this.#http.post(`${BASE}readings/`, reading);
  }

  /** How many calls each line had, by half hour: all are stored, or none. A half hour sent again replaces the earlier one. */
  sendCallCounts(counts: Shapes["NewCallCounts"]): Promise<Shapes["CallCountsReceipt"]> {
    return this.#http.post(`${BASE}call-counts/`, counts);
  }

  /** A message from the reporter to those who work on it. */
  comment(reference: string, text: string, privateToken: string, options: Again = {}): Promise<Shapes["CommentReceipt"]> {
    return this.#http.post(`${requestPath(reference)}comments/`, { private_token: privateToken, text }, options);
  }

  /**
   * The reporter's new text, until someone starts working on it. etag: of the request as they read it; without it, as this
   * client last read it.
   */
  edit(
    reference: string,
    description: string,
    privateToken: string,
    { etag }: IfMatch = {},
  ): Promise<Shapes["EditedRequest"]> {
    const path = requestPath(reference);
    const body = { private_token: privateToken, description };
    return this.#http.patch(path, body, { etag: etag || this.#http.etag(path), etagOf: path });
  }

  /** For the `photos` of a report in a batch, within a day. alt: what it shows. */
  uploadPhoto(photo: Blob, alt = ""): Promise<Shapes["PhotoReceipt"]> {
    return this.#http.upload(`${BASE}photos/`, photosIn({ photo: [photo] }, alt ? { alt } : {}));
  }

  addPhoto(reference: string, photo: Blob, privateToken: string, options: Again = {}): Promise<Shapes["PhotoReceipt"]> {
    const form = photosIn({ photo: [photo] }, { private_token: privateToken });
    return this.#http.upload(`${requestPath(reference)}photos/`, form, options);
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

  /** What was sent with this test key, newest first. */
  testRequests(pageSize = 50): AsyncGenerator<Shapes["RequestRow"], void, undefined> {
    return this.#http.rows(`${BASE}sandbox/requests/`, { limit: Math.min(pageSize, PAGE_MAX) });
  }

  // --- Webhooks ------------------------------------------------------------------------------------------------------

  async webhooks(): Promise<Shapes["Webhook"][]> {
    return (await this.#http.get<Shapes["Webhooks"]>(`${BASE}webhooks/`)).results;
  }

  /** The types of events, each with its two payloads. */
  async webhookEvents(): Promise<Shapes["WebhookEventType"][]> {
    return (await this.#http.get<Shapes["WebhookEventTypes"]>(`${BASE}webhook-events/`)).results;
  }

  webhook(id: string): Promise<Shapes["Webhook"]> {
    return this.#http.get(webhookPath(id));
  }

  /** Keep its secret, which is shown only now. */
  createWebhook(webhook: Shapes["NewWebhook"]): Promise<Shapes["WebhookWithSecret"]> {
    return this.#http.post(`${BASE}webhooks/`, webhook, { mayRepeat: false });
  }

  changeWebhook(id: string, changes: Shapes["WebhookEdit"]): Promise<Shapes["Webhook"]> {
    return this.#http.patch(webhookPath(id), changes);
  }

  deleteWebhook(id: string): Promise<void> {
    return this.#http.delete(webhookPath(id));
  }

  /** Sends it the event webhook.test. */
  testWebhook(id: string): Promise<Shapes["WebhookDelivery"]> {
    return this.#http.post(`${webhookPath(id)}test/`, {}, { mayRepeat: false });
  }

  /** Sends the oldest delivery that waits at once, or webhook.test if none does. */
  tryWebhook(id: string): Promise<Shapes["WebhookDelivery"]> {
    return this.#http.post(`${webhookPath(id)}try/`, {}, { mayRepeat: false });
  }

  /** A new secret, which is shown only now. Both sign for so many hours. */
  rotateSecret(id: string, overlapHours = 24): Promise<Shapes["WebhookWithSecret"]> {
    return this.#http.post(`${webhookPath(id)}secret/`, { overlap_hours: overlapHours }, { mayRepeat: false });
  }

  /** Of the last 30 days, newest first. state: waiting, delivered or dead. */
  deliveries(id: string, state = ""): AsyncGenerator<Shapes["WebhookDelivery"], void, undefined> {
    return this.#http.rows(`${webhookPath(id)}deliveries/`, { state, limit: PAGE_MAX });
  }

  /** Sends a delivery again, with the same webhook-id. */
  resend(id: string, deliveryId: string): Promise<Shapes["WebhookDelivery"]> {
    const path = `${webhookPath(id)}deliveries/${encodeURIComponent(deliveryId)}/resend/`;
    return this.#http.post(path, {}, { mayRepeat: false });
  }

  /** A webhook whose events a program reads, because it has no public URL. */
  createListener(listener: Shapes["NewListener"]): Promise<Shapes["WebhookWithSecret"]> {
    return this.#http.post(`${BASE}webhooks/listeners/`, listener, { mayRepeat: false });
  }

  /** The events after the cursor, oldest first. Reading them again changes nothing. */
  listenerEvents(id: string, cursor = ""): Promise<Shapes["ListenerEvents"]> {
    return this.#http.get(`${webhookPath(id)}events/`, { cursor });
  }
}

function requestPath(reference: string): string {
  return `${BASE}requests/${encodeURIComponent(reference)}/`;
}

function webhookPath(id: string): string {
  return `${BASE}webhooks/${encodeURIComponent(id)}/`;
}

/** Without an exponent, which the city doesn't read. */
function numbers(values?: readonly number[]): string {
  return values ? values.map((value) => String(Number(value.toFixed(6)))).join(",") : "";
}
