"""Only who takes reports by email gets one."""

import pytest

from requests_app.models import Article
from requests_app.rules.report.referrals import receiver_of

GAS = {"name": {"en": "Gas"}, "email": "gas@example.org", "takes_reports": True}


@pytest.mark.parametrize(
    ("contact", "gets_it"),
    [(GAS, True), ({**GAS, "takes_reports": False}, False), ({**GAS, "email": ""}, False), ({}, False), (None, False)],
)
def test_who_takes_reports(contact: dict[str, object] | None, gets_it: bool) -> None:
    receiver = receiver_of(Article(code="gas", contact=contact))
    assert (receiver is not None) is gets_it
    assert receiver is None or (receiver.email, receiver.phone) == ("gas@example.org", "")
