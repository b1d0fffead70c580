"""Runs a process of an installed city as its Unix user, with its settings, where systemd doesn't: `web gunicorn …`.

The settings come from files that root alone may read, and are on no command line.
"""

import os

from config.lampctl import shell
from config.lampctl.place import USERS, here


def run(arguments: list[str]) -> None:
    role, *command = arguments
    os.umask(0o007)
    user = USERS[role]
    words = ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", "--pdeathsig=TERM", "--", *command]
    os.execvpe(words[0], words, {**os.environ, **shell.environment(here(), role)})
