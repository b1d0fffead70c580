"""Loaded by pytest: says what fails as soon as it has failed, and keeps how long each file takes.

`bin/test --changed` chooses by those seconds (config/stack/changes.py). They lie in pytest's own cache.
"""

from collections import defaultdict

import pytest

# Where config.stack.testing.near_the_change() reads them.
SECONDS = "lamplighter/seconds_by_file"
_seconds: dict[str, float] = defaultdict(float)
_reporter: pytest.TerminalReporter | None = None


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    global _reporter
    # A process of several reports to the one that started it, which has the terminal.
    _reporter = None if hasattr(config, "workerinput") else config.pluginmanager.get_plugin("terminalreporter")


@pytest.hookimpl(trylast=True)
def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if _reporter is None:
        return
    _seconds[report.nodeid.partition("::")[0]] += report.duration
    if report.failed:
        if _reporter.verbosity > 0:
            _reporter.ensure_newline()
        else:  # after the letters of those before
            _reporter.write("\n")
        phase = "" if report.when == "call" else f" ({report.when})"
        _reporter.write_line(f"FAILED {report.nodeid}{phase}", red=True, bold=True)
        # What was raised and where; the whole comes at the end.
        crash = getattr(report.longrepr, "reprcrash", None)
        _reporter.write_line(f"  {crash.path}:{crash.lineno}: {crash.message}" if crash else f"  {report.longreprtext}")


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Keeps the seconds of whole files: not those of a run that left out some of their tests, or was broken off."""
    config, options = session.config, session.config.option
    cache: pytest.Cache | None = getattr(config, "cache", None)
    if _reporter is None or cache is None or exitstatus not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        return
    is_part = options.keyword or options.markexpr not in ("", "not slow") or any("::" in word for word in config.args)
    if not (is_part or options.lf):
        cache.set(SECONDS, {**cache.get(SECONDS, {}), **{file: round(s, 1) for file, s in _seconds.items()}})
