"""Tasks: the parts of the work on a request that several departments do."""
