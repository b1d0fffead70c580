"""URLs of the ledger of 911 and 311, such as /staff/ledger/calls/."""

from django.urls import URLPattern, path

from staff_app.ledger import call_months, calls, start

urlpatterns: list[URLPattern] = [
    path("ledger/calls/", calls.ledger_calls, name="ledger_calls"),
    path("ledger/calls/start/", start.desk_start, name="desk_start"),
    path("ledger/calls/counts/", call_months.call_months_setup, name="call_months_setup"),
]
