"""Targets: what a service promises, by priority and area, from which day, and what a new one would have meant."""
