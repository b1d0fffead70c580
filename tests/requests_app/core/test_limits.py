"""Rate limits by client address: forged headers do not help, IPv6 networks count as one, and limits fail open without Redis."""

from collections.abc import Callable

import pytest
from django.http import HttpRequest
from django.test import RequestFactory
from pytest_django.fixtures import Settings

from requests_app.core import cache, limits


@pytest.fixture
def sent(rf: RequestFactory, settings: Settings) -> Callable[..., HttpRequest]:
    settings.RATE_LIMITS = True

    def make(address: str = "192.0.2.1", forwarded: str = "") -> HttpRequest:
        headers = {"X-Forwarded-For": forwarded} if forwarded else {}
        return rf.get("/", REMOTE_ADDR=address, headers=headers)

    return make


def test_so_many_an_hour_and_each_name_by_itself(sent: Callable[..., HttpRequest]) -> None:
    assert [limits.allow(sent(), "draft", 2) for _ in range(3)] == [True, True, False]
    assert limits.allow(sent(), "lookup", 2)
    assert limits.allow(sent("192.0.2.2"), "draft", 2)


def test_a_forged_header_is_not_believed(sent: Callable[..., HttpRequest]) -> None:
    assert limits.client_address(sent(forwarded="198.51.100.7")) == "192.0.2.1"


@pytest.mark.parametrize(
    ("trusted", "forwarded", "address"),
    [
        (["192.0.2.1"], "198.51.100.7", "198.51.100.7"),
        # Addresses that the client itself sent come before those that proxies saw.
        (["192.0.2.1"], "10.0.0.1, 198.51.100.7", "198.51.100.7"),
        (["192.0.2.0/24"], "198.51.100.7, 192.0.2.9", "198.51.100.7"),
        (["203.0.113.1"], "198.51.100.7", "192.0.2.1"),
        (["192.0.2.1"], "", "192.0.2.1"),
    ],
)
def test_the_last_address_that_a_trusted_proxy_saw_counts(
    sent: Callable[..., HttpRequest], settings: Settings, trusted: list[str], forwarded: str, address: str
) -> None:
    settings.TRUSTED_PROXIES = trusted
    assert limits.client_address(sent(forwarded=forwarded)) == address


def test_an_ipv6_network_is_one_household(sent: Callable[..., HttpRequest]) -> None:
    assert limits.allow(sent("2001:db8:1:2::1"), "draft", 1)
    assert not limits.allow(sent("2001:db8:1:2:ffff::9"), "draft", 1)
    assert limits.allow(sent("2001:db8:1:3::1"), "draft", 1)


def test_without_redis_nobody_is_kept_out(sent: Callable[..., HttpRequest], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache.breaker, "open_until", float("inf"))
    assert all(limits.allow(sent(), "draft", 1) for _ in range(5))


def test_off_is_off(sent: Callable[..., HttpRequest], settings: Settings) -> None:
    request = sent()
    settings.RATE_LIMITS = False
    assert all(limits.allow(request, "draft", 1) for _ in range(5))
