"""The private PostgreSQL, Redis and processes behind bin/demo and bin/test. Nothing here imports Django."""
