import type { Shapes } from "./shapes.js";
import { PAGE_MAX, type Transport } from "./transport.js";

const BASE = "/api/v1/staff/";

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
    return this.#http.get(requestPath(reference));
  }

  /** What can be done now, with the fields of each. */
  async actions(reference: string): Promise<Shapes["StaffActions"]["results"]> {
    return (await this.#http.get<Shapes["StaffActions"]>(`${requestPath(reference)}actions/`)).results;
  }

  /** Does one of the actions: accept, assign, hold, resolve, comment, note … */
  act(
    reference: string,
    verb: string,
    fields: Record<string, unknown> = {},
    idempotencyKey?: string,
  ): Promise<Shapes["StaffChange"]> {
    const path = `${requestPath(reference)}actions/${encodeURIComponent(verb)}/`;
    return this.#http.post(path, fields, idempotencyKey ? { idempotencyKey } : {});
  }

  /** Only staff read it. */
  note(reference: string, text: string): Promise<Shapes["StaffChange"]> {
    return this.act(reference, "note", { text });
  }

  /** event: `undo.event` of the answer to an action, within 30 seconds. */
  undo(reference: string, event: string): Promise<Shapes["StaffChange"]> {
    return this.#http.post(`${requestPath(reference)}undo/`, { event }, { mayRepeat: false });
  }
}

function requestPath(reference: string): string {
  return `${BASE}requests/${encodeURIComponent(reference)}/`;
}
