"""Whose the data directory is: servers run as a user without rights when root starts them."""

import os
from pathlib import Path

import pytest

from core.runtime.system_user import SystemUserError, private_folder, server_user


def owners(folder: Path) -> set[int]:
    return {one.lstat().st_uid for one in (folder, *folder.rglob("*"))}


def test_a_data_directory_that_was_copied_back_belongs_to_its_servers_again(tmp_path):
    user = server_user()
    aside = tmp_path / "somebody's"
    aside.write_text("keep")
    cluster = tmp_path / "postgres/cluster/base"
    cluster.mkdir(parents=True)
    (cluster / "1").write_text("rows")
    (cluster / "link").symlink_to(aside)
    before = aside.stat().st_uid
    private_folder(tmp_path / "postgres", user)
    assert owners(tmp_path / "postgres") == {os.geteuid() if user is None else user.uid}
    assert aside.stat().st_uid == before, "what a link leads to is not handed over"


def test_who_may_not_hand_it_over_is_told_what_to_do(tmp_path, monkeypatch):
    other = tmp_path.stat().st_uid + 1
    monkeypatch.setattr("core.runtime.system_user.os.geteuid", lambda: other)
    with pytest.raises(SystemUserError, match=f"chown -R {other} "):
        private_folder(tmp_path, None)
