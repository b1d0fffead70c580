"""Looking at what another team resolved, the truth rate, and requests without an update."""
