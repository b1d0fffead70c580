"""Pages for who writes programs: asking for an API key."""
