"""Filters of the desk's pages."""

from django import template

from requests_app import references

register = template.Library()
register.filter("contact_number", references.display_contact)
