"""What the city writes: articles, notices, listed reasons, answer templates and the names of outcomes."""
