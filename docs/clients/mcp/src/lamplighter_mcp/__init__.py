"""For AI assistants: reads a Lamplighter city's requests, and drafts reports that a person sends."""
