"""Open311 through its own door: HTTP, in XML and JSON."""
