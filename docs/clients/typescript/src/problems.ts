import type { Shapes } from "./shapes.js";

/** One mistake. field: a parameter, or the path of a field of the body, like place.lat. */
export interface FieldError {
  field: string;
  code: string;
  message: string;
}

/** The city answered with an error (RFC 9457). `message` is for people, `code` for programs. */
export class Problem extends Error {
  override name: string = "Problem";
  /** The last part of the problem's type, such as "not-found" or "emergency"; "" where the answer had none. */
  readonly code: string;
  readonly title: string;
  readonly requestId: string;
  readonly errors: FieldError[];
  /** Whom to call, on the code "emergency". */
  readonly emergency: Shapes["Emergency"] | null;

  /** retryAfterS: the seconds to wait, where the city said so. */
  constructor(
    readonly status: number,
    body: Record<string, unknown>,
    readonly retryAfterS: number | null,
  ) {
    const title = text(body["title"]) || `The city answered ${status}.`;
    super(text(body["detail"]) || title);
    this.title = title;
    this.code = text(body["type"]).replace(/\/+$/, "").split("/").pop() ?? "";
    this.requestId = text(body["request_id"]);
    this.emergency = (body["emergency"] as Shapes["Emergency"] | undefined) ?? null;
    const errors = Array.isArray(body["errors"]) ? (body["errors"] as Record<string, unknown>[]) : [];
    this.errors = errors.map((one) => ({
      field: text(one["field"]),
      code: text(one["code"]),
      message: text(one["message"]),
    }));
  }
}

/**
 * What you change has changed since you read it (412): nothing was done. Read it again. changes: what happened since,
 * oldest first; empty if the ETag is of something else.
 */
export class PreconditionFailed extends Problem {
  override name = "PreconditionFailed";
  readonly changes: Shapes["ProblemChange"][];

  constructor(status: number, body: Record<string, unknown>, retryAfterS: number | null) {
    super(status, body, retryAfterS);
    this.changes = Array.isArray(body["changes"]) ? (body["changes"] as Shapes["ProblemChange"][]) : [];
  }
}

/** There was no answer, or one that can't be read. */
export class Unreachable extends Error {
  override name = "Unreachable";
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
