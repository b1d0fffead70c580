"""The doctor: is this installation well? A table of checks, each green, yellow or red, with a sentence and what to do.

`lampctl doctor`, /staff/health/, /metrics and `lampctl watch` show the same findings.
"""
