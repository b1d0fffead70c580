import type { components } from "./schema.js";

/**
 * The bodies and answers of API v1, from the city's OpenAPI document: `Shapes["Request"]`.
 *
 * The city may answer with more fields and other codes than these: ignore what you don't know.
 */
export type Shapes = components["schemas"];
