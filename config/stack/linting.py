"""bin/lint: style, types, templates, migrations and the deployment checks. Runs all of them, then lists the failures."""

import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from config.stack.folders import ROOT

# What a careful production sets, so that Django's own deployment checks judge our settings and not a sample's.
PRODUCTION = {
    "LAMPLIGHTER_ENV": "production",
    "SECRET_KEY": "only-for-the-checks-" + "0123456789abcdefghijklmnopqrstuv" * 2,
    "LINK_KEYS": "only-for-the-checks-" + "0123456789abcdefghijklmnopqrstuv",
    "SITE_URL": "https://311.example.org",
    "ALLOWED_HOSTS": "311.example.org",
    "DATABASE_URL": "postgis://lamplighter_web@db.example.org/lamplighter",
    "DATABASE_URL_OWNER": "postgis://lamplighter_owner@db.example.org/lamplighter",
    "EMAIL_URL": "smtp+tls://user:password@mail.example.org:587",
    "HSTS_SUBDOMAINS": "true",
    "HSTS_PRELOAD": "true",
}


def lint(arguments: Sequence[str]) -> int:
    """Run every linter; with --fix, let ruff and djade put right what they can first. The answer is the exit code."""
    bin_folder = Path(sys.executable).parent
    ruff, djade = str(bin_folder / "ruff"), [str(bin_folder / "djade"), "--target-version=5.2"]
    templates = [str(path.relative_to(ROOT)) for path in sorted((ROOT / "templates").rglob("*.html"))]
    manage = [sys.executable, "-W", "ignore::RuntimeWarning", "manage.py"]
    if "--fix" in arguments:
        for command in (
            [ruff, "check", "--fix", "--quiet", "."],
            [ruff, "format", "--quiet", "."],
            [*djade, *templates],
        ):
            subprocess.run(command, cwd=ROOT, capture_output=True)
    linters: list[tuple[str, list[str], dict[str, str]]] = [
        ("ruff check", [ruff, "check", "--quiet", "--output-format=concise", "."], {}),
        ("ruff format", [ruff, "format", "--check", "--output-format=concise", "."], {}),
        ("djade", [*djade, "--check", *templates], {}),
        ("mypy", [str(bin_folder / "mypy")], {}),
        ("makemigrations --check", [*manage, "makemigrations", "--check", "--dry-run"], {}),
        ("django-migration-linter", [sys.executable, "-m", "tests.lint_migrations"], {}),
        ("check --deploy", [*manage, "check", "--deploy", "--fail-level=WARNING"], PRODUCTION),
    ]
    failed = []
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        running = [(name, pool.submit(_run, command, settings)) for name, command, settings in linters]
        for name, future in running:
            done = future.result()
            print(f"{'ok    ' if done.returncode == 0 else 'FAILED'} {name}", flush=True)
            if done.returncode:
                failed.append(name)
                print(done.stdout + done.stderr, flush=True)
    if failed:
        print(f"bin/lint: {', '.join(failed)} failed.", flush=True)
    return 1 if failed else 0


def _run(command: list[str], settings: dict[str, str]) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "LAMPLIGHTER_ENV": "development", "DATABASE_POOL": "false", **settings}
    environment.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
