"""Departments, teams and calendars."""
