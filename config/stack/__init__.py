"""The private PostgreSQL, Redis and processes that bin/demo and bin/test stand on. Nothing here imports Django."""
