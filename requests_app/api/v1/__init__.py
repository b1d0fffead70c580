"""API v1: requests, places and the catalog as JSON, with one OpenAPI document (docs/api-v1.md)."""
