/** Reads, reports and follows through the API v1 of a Lamplighter city. */

export { Lamplighter, type Circle, type Filters, type Follow, type Point, type Report } from "./client.js";
export { PreconditionFailed, Problem, Unreachable, type FieldError } from "./problems.js";
export type { Shapes } from "./shapes.js";
export { Staff, type Photos } from "./staff.js";
export type { Again, IfMatch, Options, Retries } from "./transport.js";
export { NotFromTheCity, readWebhook } from "./webhooks.js";
