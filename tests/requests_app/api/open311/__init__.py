"""The Open311 API over HTTP, in XML and JSON."""
