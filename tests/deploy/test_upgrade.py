"""An installed city is moved to the next release while it's visited, and back from one that isn't well."""

import time

import pytest

from tests.bare_machine import BareMachine, bare_machine
from tests.benchmarks import operations

# A release with a table more.
MIGRATION = """
from django.db import migrations

class Migration(migrations.Migration):
    dependencies = [("requests_app", "LAST")]
    operations = [migrations.RunSQL("ALTER TABLE requests_app_jurisdiction ADD COLUMN made_up text", state_operations=[])]
"""
NEXT = f"""
git clone --quiet . /root/next && cd /root/next
sed -i 's/^version = .*/version = "9.0.0"/' pyproject.toml
last=$(ls requests_app/migrations | grep ^0 | tail -1 | sed 's/.py$//')
cat > requests_app/migrations/9000_made_up.py <<'END'
{MIGRATION}END
sed -i "s/LAST/$last/" requests_app/migrations/9000_made_up.py
"""
# It starts, but no worker does.
BROKEN = """
git clone --quiet /root/next /root/broken && cd /root/broken && cp /root/next/requests_app/migrations/9000* requests_app/migrations
sed -i 's/^version = .*/version = "9.0.1"/' pyproject.toml
echo 'raise SystemExit("made up")' >> requests_app/worker/tasks.py
"""
VISITS = """
while true; do
  curl --silent --insecure --max-time 10 --output /dev/null --write-out '%{http_code} %{time_total}\\n' https://localhost/readyz \\
    --header 'Host: 311.example.test' >> /root/visits
  sleep 0.2
done
"""


def visits(machine: BareMachine) -> list[tuple[str, float]]:
    lines = [line.split() for line in (machine.folder / "root/visits").read_text().splitlines()]
    return [(status, float(seconds)) for status, seconds in lines]


@pytest.mark.slow
def test_a_city_is_moved_to_the_next_release_and_back_from_one_that_is_not_well() -> None:
    with bare_machine("upgrade") as machine:
        operations.answer(machine, BACKUP_TO="/srv/backup", BACKUP_PASSPHRASE="made up words for a test")
        operations.download(machine)
        machine.run("bin/install --answers /root/answers")
        machine.run(NEXT)
        assert "No backup was ever restored" in machine.run("lampctl upgrade /root/next --yes", fails=True)
        machine.run("lampctl backup --now full && lampctl drill")
        visitor = machine.start(VISITS)
        time.sleep(5)
        began = time.monotonic()
        output = machine.run("lampctl upgrade /root/next --yes --accept doctor")
        print(f"{time.monotonic() - began:.0f} s\n{output}")
        assert "9000_made_up:" in output
        assert "9.0.0 is running." in output
        assert "9.0.0 is running already." in machine.run("lampctl upgrade /root/next --yes")
        visitor.kill()
        seen = visits(machine)
        wrong = [status for status, _ in seen if status != "200"]
        print(
            f"{len(seen)} visits, {len(wrong)} of them refused, the longest {max(seconds for _, seconds in seen):.1f} s"
        )
        machine.run(BROKEN)
        output = machine.run("lampctl upgrade /root/broken --yes --accept doctor", fails=True)
        assert "9.0.0 runs again" in output
        assert machine.run("readlink /opt/lamplighter/current").strip().endswith("/9.0.0")
