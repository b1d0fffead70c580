import { photosIn } from "./forms.js";
import type { Shapes } from "./shapes.js";
import { PAGE_MAX, type Again, type IfMatch, type Transport } from "./transport.js";

const BASE = "/api/v1/staff/";

/** Of the work, where an action takes them. */
export interface Photos {
  photos?: readonly Blob[];
  photosBefore?: readonly Blob[];
}

/** The part for staff, with a key that has the scope `staff` and acts for one of them. */
export class Staff {
  readonly #http: Transport;

  constructor(http: Transport) {
    this.#http = http;
  }

  /**
   * The queue, urgent first; pages are fetched as they are needed. filters: those of the queue's page, such as status,
   * assignee, department, service, priority, area, flag and q. Several values are separated by commas.
   */
  requests(filters: Record<string, string> = {}, pageSize = 50): AsyncGenerator<Shapes["StaffRequestRow"], void, undefined> {
    return this.#http.rows(`${BASE}requests/`, { ...filters, limit: Math.min(pageSize, PAGE_MAX) });
  }

  /** Everything that staff see of it, except its people. */
  request(reference: string): Promise<Shapes["StaffRequest"]> {
    const path = requestPath(reference);
    return this.#http.get(path, {}, { etagOf: path });
  }

  /** Of the request as it was last read or changed with this client; "" if it wasn't. */
  etag(reference: string): string {
    return this.#http.etag(requestPath(reference));
  }

  /**
   * Its priority, service, assignee and place: all that are sent, or none. Without an etag, the request must be as this
   * client last read it.
   */
  change(
    reference: string,
    changes: Shapes["StaffRequestEdit"],
    { etag, idempotencyKey }: IfMatch & Again = {},
  ): Promise<Shapes["StaffChange"]> {
    const path = requestPath(reference);
    const key = idempotencyKey || crypto.randomUUID();
    return this.#http.patch(path, changes, { etag: etag || this.#http.etag(path), idempotencyKey: key, etagOf: path });
  }

  /** What can be done now, with the fields of each. */
  async actions(reference: string): Promise<Shapes["StaffActions"]["results"]> {
    return (await this.#http.get<Shapes["StaffActions"]>(`${requestPath(reference)}actions/`)).results;
  }

  /** Does one of the actions: accept, assign, hold, resolve, comment, note … etag: that of etag(), to compare it. */
  act(
    reference: string,
    verb: string,
    fields: Record<string, unknown> = {},
    { photos = [], photosBefore = [], ...others }: Photos & IfMatch & Again = {},
  ): Promise<Shapes["StaffChange"]> {
    const path = `${requestPath(reference)}actions/${encodeURIComponent(verb)}/`;
    const call = { ...others, etagOf: requestPath(reference) };
    if (!photos.length && !photosBefore.length) return this.#http.post(path, fields, call);
    const form = photosIn({ photos, photos_before: photosBefore }, { action: JSON.stringify(fields) });
    return this.#http.upload(path, form, call);
  }

  /** Only staff read it. */
  note(reference: string, text: string, options: Again = {}): Promise<Shapes["StaffChange"]> {
    return this.act(reference, "note", { text }, options);
  }

  /** event: `undo.event` of the answer to an action, within 30 seconds. */
  undo(reference: string, event: string): Promise<Shapes["StaffChange"]> {
    const call = { mayRepeat: false, etagOf: requestPath(reference) };
    return this.#http.post(`${requestPath(reference)}undo/`, { event }, call);
  }

  /** The people of a request; needs the scope `contacts`, too. Each call is recorded with the reason, such as reply. */
  async contacts(reference: string, reason: string): Promise<Shapes["ReporterContact"][]> {
    return (await this.#http.get<Shapes["Contacts"]>(`${requestPath(reference)}contacts/`, { reason })).results;
  }

  /** A call from a 911 center. Its number never makes a second request. */
  transfer(call: Shapes["NewTransfer"], photos: readonly Blob[] = []): Promise<Shapes["TransferReceipt"]> {
    if (!photos.length) return this.#http.post(`${BASE}requests/`, call);
    return this.#http.upload(`${BASE}requests/`, photosIn({ photos }, { transfer: JSON.stringify(call) }));
  }

  /** The departments and teams that a task can be given to. */
  async departments(): Promise<Shapes["TaskDepartment"][]> {
    return (await this.#http.get<Shapes["TaskDepartments"]>(`${BASE}departments/`)).results;
  }

  /** filters: state, department, team, number. */
  tasks(filters: Record<string, string> = {}, pageSize = 50): AsyncGenerator<Shapes["OneTask"], void, undefined> {
    return this.#http.rows(`${BASE}tasks/`, { ...filters, limit: Math.min(pageSize, PAGE_MAX) });
  }

  task(id: string): Promise<Shapes["OneTask"]> {
    const path = taskPath(id);
    return this.#http.get(path, {}, { etagOf: path });
  }

  /** Of the task as it was last read or changed with this client; "" if it wasn't. */
  taskEtag(id: string): string {
    return this.#http.etag(taskPath(id));
  }

  addTask(reference: string, task: Shapes["NewTask"], options: Again = {}): Promise<Shapes["Task"]> {
    return this.#http.post(`${requestPath(reference)}tasks/`, task, options);
  }

  changeTask(id: string, changes: Shapes["TaskEdit"], options: IfMatch = {}): Promise<Shapes["OneTask"]> {
    const path = taskPath(id);
    return this.#http.patch(path, changes, { ...options, etagOf: path });
  }
}

function requestPath(reference: string): string {
  return `${BASE}requests/${encodeURIComponent(reference)}/`;
}

function taskPath(id: string): string {
  return `${BASE}tasks/${encodeURIComponent(id)}/`;
}
