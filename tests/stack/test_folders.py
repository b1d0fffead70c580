"""Where a stack lives when it cannot live under var/."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.stack import folders
from config.stack.folders import FOLDER_LENGTH_MAX, StackError, can_use, stack_folders

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only for root is the servers' user another than oneself")


@pytest.fixture
def short(tmp_path: Path) -> Iterator[Path]:
    """A folder that every user may enter, on a path that leaves room for a socket."""
    folder = Path("/tmp") / f"lamplighter-{tmp_path.name[:20]}-{os.getpid()}"
    folder.mkdir(mode=0o755)
    yield folder
    shutil.rmtree(folder)


def test_it_lives_under_var_where_it_can(short: Path) -> None:
    found = stack_folders(short / "var")

    assert found.servers == short / "var" / "servers"
    assert found.servers.stat().st_mode & 0o777 == 0o700
    assert found.servers.stat().st_uid == found.owner.uid


@pytest.mark.shows("1.7")
@pytest.mark.parametrize("name", ["x" * FOLDER_LENGTH_MAX, "with space", "percent%20"])
def test_it_lives_elsewhere_when_a_socket_cannot_stand_there(short: Path, name: str) -> None:
    found = stack_folders(short / name / "var")

    try:
        assert not found.servers.is_relative_to(short)
        assert len(str(found.servers)) <= FOLDER_LENGTH_MAX
        assert can_use(found.owner, found.servers)
        assert stack_folders(short / name / "var").servers == found.servers, "a second start finds the same place"
    finally:
        shutil.rmtree(found.servers)


@pytest.mark.shows("1.7")
@as_root
def test_it_lives_elsewhere_when_only_root_may_enter(short: Path) -> None:
    short.chmod(0o700)

    found = stack_folders(short / "var")

    try:
        assert not found.servers.is_relative_to(short)
        assert can_use(found.owner, found.servers)
    finally:
        shutil.rmtree(found.servers)


def test_a_folder_that_others_can_read_or_a_link_is_not_taken(short: Path) -> None:
    owner = folders.server_owner()
    (short / "open").mkdir(mode=0o755)
    os.chown(short / "open", owner.uid, owner.gid)
    (short / "link").symlink_to("open")

    assert not folders.is_made_for(owner, short / "open")
    assert not folders.is_made_for(owner, short / "link")


def test_no_folder_at_all_is_told_with_the_way_out(short: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "is_made_for", lambda owner, folder: False)

    with pytest.raises(StackError, match="set LAMPLIGHTER_VAR to a folder it can use"):
        stack_folders(short / "var")
