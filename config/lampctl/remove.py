"""`bin/install --remove` and `--purge`: takes Lamplighter off a machine, with its data or without."""

import shutil
import subprocess
import sys

from config.lampctl import cluster, nginx, settings, shell, units
from config.lampctl.place import USERS, Place
from config.lampctl.shell import Refusal
from config.lampctl.users import GROUP


def main(place: Place, *, purge: bool) -> None:
    answers = settings.answered(place)
    if "HOST" not in answers:
        raise Refusal(f"There is no Lamplighter here: {place.settings}/install.env is missing.")
    host, systemd = answers["HOST"], answers.get("SYSTEMD", "yes") == "yes"
    if purge:
        shell.say(f"This deletes every report, photo and setting of {host}, and its database. Backups elsewhere stay.")
        if _typed("Type the host name to delete them: ") != host:
            raise Refusal("That isn't the host name. Nothing was changed.")
    units.remove(place, systemd=systemd)
    nginx.remove(place, systemd=systemd)
    cluster.stop(systemd=systemd)
    (place.root / "usr/local/bin/lampctl").unlink(missing_ok=True)
    shutil.rmtree(place.current.parent, ignore_errors=True)
    if not purge:
        shell.say(f"Lamplighter is off this machine. Its data stays in {place.data}, {place.settings} and PostgreSQL's")
        shell.say(
            f"cluster {cluster.VERSION}/{cluster.NAME}; bin/install brings it back. Debian's packages stay as well."
        )
        return
    if cluster.exists():
        shell.run(["pg_dropcluster", cluster.VERSION, cluster.NAME])
    for folder in (place.data, place.settings, place.log, place.run):
        shutil.rmtree(folder, ignore_errors=True)
    for user in USERS.values():
        subprocess.run(["userdel", user], capture_output=True)
    subprocess.run(["groupdel", GROUP], capture_output=True)
    (place.root / "etc/letsencrypt/renewal-hooks/deploy/lamplighter").unlink(missing_ok=True)
    shell.say(f"Lamplighter and everything of {host} is deleted. Debian's packages stay.")


def _typed(question: str) -> str:
    print(question, end="", flush=True)
    return sys.stdin.readline().strip()
