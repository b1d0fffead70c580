"""`bin/install` on a bare Debian 13 in a folder, in front of sites and databases that were there before. By --all, as root."""

import os
import re

import pytest

from tests.bare_machine import bare_machine
from tests.benchmarks import operations

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.geteuid() != 0, reason="makes a chroot, which needs root")]

ASK = "curl -sSk --resolve 311.example.test:443:127.0.0.1 https://311.example.test"
# Each step with the seconds after which it is killed: while something of it is done already.
STEPS = [
    ("Packages", 4.0),
    ("Users and folders", 0.05),
    ("Settings", 0.02),
    ("Release", 2.0),
    ("Release", 15.0),
    ("Database", 1.5),
    ("Database", 0.3),
    ("Tables", 6.0),
    ("Certificate", 0.01),
    ("Processes", 0.3),
    ("nginx", 0.05),
    ("Waiting for the first answer", 0.0),
]


def test_killed_in_each_step_it_goes_on_next_to_what_was_there() -> None:
    with bare_machine("killed") as machine:
        operations.answer(machine)
        operations.download(machine)
        machine.run("apt-get -qq -y --no-install-recommends install nginx postgresql-17 >/dev/null 2>&1")
        start = "pg_ctlcluster --skip-systemctl-redirect 17 main start"
        machine.run(f"(pg_lsclusters -h | grep -q main || pg_createcluster 17 main) && {start}")
        site = 'server { listen 80; server_name www.example.test; return 200 "the other site"; }'
        (machine.folder / "etc/nginx/conf.d/www.conf").write_text(site)
        machine.run("nginx")
        # Nothing is changed by what is refused.
        before = machine.run("ls /etc /opt /var/lib; dpkg -l | wc -l")
        refused = machine.run("bin/install --answers /root/answers --without-systemd --accept none", fails=True)
        assert "[dns] 311.example.test has no address." in refused
        assert "Nothing was changed." in refused
        assert machine.run("ls /etc /opt /var/lib; dpkg -l | wc -l") == before
        install = "bin/install --answers /root/answers"
        killed = [step for step, after_s in STEPS if machine.run_and_kill(install, step, after_s=after_s)]
        print(f"killed in {killed}")
        assert len(killed) > len(STEPS) / 2
        output = machine.run(install)
        assert re.search(r"^READY https://311\.example\.test: make your city: https://", output, re.MULTILINE)
        secrets = machine.run("cat /etc/lamplighter/*.env")
        again = machine.run("bin/install")
        assert "Nothing had to be changed." in again
        assert machine.run("cat /etc/lamplighter/*.env") == secrets
        link = re.search(r"make your city: https://311\.example\.test(\S+)", again)[1]  # type: ignore[index]
        assert "<form" in machine.run(f"{ASK}{link}")
        assert machine.run("curl -sS -H 'Host: www.example.test' http://127.0.0.1/") == "the other site"
        assert "online" in machine.run("pg_lsclusters -h | grep main")
        assert "restarted the processes" in machine.run("lampctl install --from-email city@example.test")
        assert "Nothing had to be changed." in machine.run("lampctl install")
        # No process knows another's password, nor may read the file that has it.
        for user, other in (
            ("web", "worker"),
            ("web", "owner"),
            ("web", "backup"),
            ("worker", "owner"),
            ("worker", "web"),
        ):
            as_user = f"setpriv --reuid=lamplighter-{user} --regid=lamplighter-{user} --init-groups"
            machine.run(f"{as_user} cat /etc/lamplighter/{other}.env", fails=True)
            machine.run(f"{as_user} cat /etc/lamplighter/{user}.env")
        # Without the processes, residents meet the city's page.
        machine.run(
            "kill $(cat /run/lamplighter/supervisor.pid); while [ -e /run/lamplighter/supervisor.pid ]; do sleep 0.2; done"
        )
        away = machine.run(f"{ASK}/ -i")
        assert "HTTP/2 503" in away
        assert "come back in a minute" in away
        assert "READY" in machine.run("bin/install")
        assert "That isn't the host name" in machine.run("echo 311.example.org | bin/install --purge", fails=True)
        machine.run("bin/install --remove; test -d /var/lib/lamplighter/media; test ! -e /opt/lamplighter")
        assert "made the database roles" not in machine.run(install)
        machine.run("echo 311.example.test | bin/install --purge")
        machine.run("test ! -e /var/lib/lamplighter && test ! -e /etc/lamplighter && ! id lamplighter-web")
        assert machine.run("curl -sS -H 'Host: www.example.test' http://127.0.0.1/") == "the other site"
        assert "lamplighter" not in machine.run("pg_lsclusters -h")
