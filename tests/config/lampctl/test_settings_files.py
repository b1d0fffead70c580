"""Files of settings: what systemd reads from them is what was written."""

import subprocess
from pathlib import Path

import pytest

from config.lampctl import settings_files

VALUES = {
    "SITE_URL": "https://311.example.gov",
    "EMAIL_URL": "smtp+tls://una:p%40ss@mail.example.gov:587",
    "ADMIN": 'Una "the one" O\'Neil, \\ and $HOME # here',
    "EMPTY": "",
}


def test_what_was_written_is_read(tmp_path: Path) -> None:
    file = tmp_path / "web.env"
    assert settings_files.write(file, VALUES)
    assert settings_files.read(file) == VALUES
    assert file.stat().st_mode & 0o777 == 0o600
    assert not settings_files.write(file, VALUES)


def test_a_line_that_is_no_setting_is_refused_by_its_number(tmp_path: Path) -> None:
    file = tmp_path / "answers"
    file.write_text("# who\nHOST=311.example.gov\nhost name\n")
    with pytest.raises(ValueError, match="line 3"):
        settings_files.read(file)


def test_a_value_with_a_line_break_is_refused_and_the_file_stays(tmp_path: Path) -> None:
    file = tmp_path / "web.env"
    settings_files.write(file, VALUES)
    with pytest.raises(ValueError, match="line break"):
        settings_files.write(file, {"SECRET_KEY": "a\nb"})
    assert settings_files.read(file) == VALUES


def test_a_shell_reads_plain_values_alike(tmp_path: Path) -> None:
    file = tmp_path / "web.env"
    settings_files.write(file, {"SITE_URL": VALUES["SITE_URL"], "EMAIL_URL": VALUES["EMAIL_URL"]})
    script = f'. {file}; printf "%s|%s" "$SITE_URL" "$EMAIL_URL"'
    assert subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True).stdout == "|".join(
        [VALUES["SITE_URL"], VALUES["EMAIL_URL"]]
    )
