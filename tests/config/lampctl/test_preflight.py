"""What `bin/install` looks at before it changes anything: everything that is wrong, in one list."""

from typing import Any

import pytest

from config.lampctl import preflight
from config.lampctl.answers import completed
from config.lampctl.this_machine import ThisMachine

GB = 10**9
ANSWERS = {
    "HOST": "311.example.gov",
    "ADMIN_EMAIL": "una@example.gov",
    "EMAIL_URL": "smtp+tls://una:secret@mail.example.gov:587",
    "TLS": "acme",
    "BACKUP_TO": "/srv/backup",
}


class Machine(ThisMachine):
    """A machine on which everything is right, but for what is given: what each method returns, by its name."""

    def __init__(self, **answers: Any) -> None:
        self.answers = answers

    def release(self) -> dict[str, str]:
        return self.answers.get("release", {"ID": "debian", "VERSION_ID": "13", "PRETTY_NAME": "Debian 13"})

    def is_root(self) -> bool:
        return self.answers.get("is_root", True)

    def memory_bytes(self) -> int:
        return self.answers.get("memory_bytes", 2 * GB)

    def free_bytes(self, folder: str) -> int:
        return self.answers.get("free_bytes", {}).get(folder, 20 * GB)

    def has_systemd(self) -> bool:
        return self.answers.get("has_systemd", True)

    def listener(self, port: int) -> str | None:
        return self.answers.get("listener", {}).get(port)

    def clock_off_s(self) -> float | None:
        return self.answers.get("clock_off_s", 0.4)

    def addresses(self, host: str) -> list[str]:
        return self.answers.get("addresses", ["192.0.2.1"])

    def own_addresses(self) -> set[str]:
        return self.answers.get("own_addresses", {"127.0.0.1", "192.0.2.1"})

    def answers_for(self, host: str) -> bool:
        return self.answers.get("answers_for", False)

    def can_connect(self, host: str, port: int) -> bool:
        return self.answers.get("can_connect", True)

    def txt(self, name: str) -> list[str] | None:
        records = {"example.gov": ["v=spf1 mx -all"], "_dmarc.example.gov": ["v=DMARC1; p=none"]}
        return self.answers.get("txt", records).get(name, []) if self.answers.get("txt", records) is not None else None

    def mail_problem(self, url: str) -> str | None:
        return self.answers.get("mail_problem")

    def certificate_problem(self, certificate: str, key: str, host: str) -> str | None:
        return self.answers.get("certificate_problem")


def listed(machine: Machine, **answers: str) -> list[str]:
    return [str(problem) for problem in preflight.problems(completed({**ANSWERS, **answers}), machine)]


def test_a_machine_on_which_all_is_right_has_no_problem() -> None:
    assert listed(Machine()) == []


FILES = {"TLS": "files", "CERTIFICATE": "a.pem", "CERTIFICATE_KEY": "a.key"}
BELOW = {"city.example.gov": ["v=spf1 mx"], "_dmarc.example.gov": ["v=DMARC1; p=reject"]}
CASES: list[tuple[dict[str, Any], dict[str, str], str]] = [
    ({"is_root": False}, {}, "run it with sudo"),
    ({"release": {"ID": "debian", "VERSION_ID": "12", "PRETTY_NAME": "Debian 12"}}, {}, "Debian 12 hasn't been tried"),
    ({"release": {"ID": "ubuntu", "VERSION_ID": "13", "PRETTY_NAME": "Ubuntu 13"}}, {}, "Ubuntu 13 hasn't been tried"),
    ({"has_systemd": False}, {}, "--without-systemd"),
    ({"memory_bytes": int(1.7 * GB)}, {}, "[memory] This machine has 1.7 GB"),
    ({"free_bytes": {"/var/lib": 3 * GB}}, {}, "[disk] /var/lib has 3.0 GB left"),
    ({"free_bytes": {"/boot": 4 * 10**6}}, {}, "[boot] /boot has 4 MB left"),
    ({"listener": {80: "apache2"}}, {}, "apache2 listens on port 80"),
    ({"listener": {443: ""}}, {}, "Another program listens on port 443"),
    ({"clock_off_s": 600.0}, {}, "[clock] This machine's clock is 10 minutes ahead"),
    ({"clock_off_s": -600.0}, {}, "[clock] This machine's clock is 10 minutes behind"),
    ({"clock_off_s": None}, {}, "[network] No package server answers"),
    ({"addresses": []}, {}, "[dns] 311.example.gov has no address"),
    ({"addresses": ["203.0.113.9"]}, {}, "[dns] 311.example.gov leads to 203.0.113.9, which isn't this machine"),
    ({"mail_problem": "535 Authentication failed"}, {}, "[mail] The mail server mail.example.gov doesn't let us sign in: 535"),
    ({}, {"EMAIL_URL": "smtp://una:secret@mail.example.gov"}, "would be sent unencrypted"),
    ({"txt": {"_dmarc.example.gov": ["v=DMARC1; p=none"]}}, {}, "[spf] example.gov has no SPF record"),
    ({"txt": {"example.gov": ["v=spf1 -all"]}}, {}, "[dmarc] example.gov has no DMARC record"),
    ({"txt": None}, {}, "[dns-server] No DNS server answers"),
    ({"certificate_problem": "a.pem is for another name."}, FILES, "a.pem is for another name."),
    ({"can_connect": False}, {"DATABASE_URL": "postgis://o:p@db.example.gov:5433/x"}, "db.example.gov doesn't answer on port 5433"),
]  # fmt: skip


@pytest.mark.parametrize(("machine", "answers", "sentence"), CASES, ids=[case[2] for case in CASES])
def test_what_is_wrong_is_said_with_what_to_do(machine: dict[str, Any], answers: dict[str, str], sentence: str) -> None:
    (problem,) = listed(Machine(**machine), **answers)
    assert sentence in problem
    assert problem.endswith(".")


ALRIGHT: list[tuple[dict[str, Any], dict[str, str]]] = [
    ({"memory_bytes": int(1.8 * GB)}, {}),
    ({"clock_off_s": 60.0}, {}),
    ({"has_systemd": False}, {"SYSTEMD": "no"}),
    # nginx serves another site already, which stays.
    ({"listener": {80: "nginx", 443: "nginx"}}, {}),
    # Behind a router, the name's address is the router's.
    ({"addresses": ["203.0.113.9"], "answers_for": True}, {}),
    # IPv6 alone.
    ({"addresses": ["2001:db8::1"], "own_addresses": {"::1", "2001:db8::1"}}, {}),
    # The name leads to the proxy in front, and nothing here needs port 443.
    ({"addresses": ["203.0.113.9"], "listener": {443: "haproxy"}}, {"TLS": "proxy"}),
    # Nobody gets email.
    ({"mail_problem": "no", "txt": None}, {"EMAIL_URL": "none"}),
    # A domain's policy is for the names below it.
    ({"txt": BELOW}, {"FROM_EMAIL": "311@city.example.gov"}),
]  # fmt: skip


@pytest.mark.parametrize(("machine", "answers"), ALRIGHT)
def test_what_is_right_is_not_listed(machine: dict[str, Any], answers: dict[str, str]) -> None:
    assert listed(Machine(**machine), **answers) == []


def test_all_that_is_wrong_is_in_one_list_and_only_what_can_be_accepted_is() -> None:
    machine = Machine(is_root=False, memory_bytes=GB, addresses=[], txt={})
    assert [problem.name for problem in preflight.problems(completed(ANSWERS), machine)] == [
        "root",
        "memory",
        "dns",
        "spf",
        "dmarc",
    ]
    accepted = completed({**ANSWERS, "ACCEPT": "memory, dns,spf,dmarc,root"})
    assert [problem.name for problem in preflight.problems(accepted, machine)] == ["root"]
