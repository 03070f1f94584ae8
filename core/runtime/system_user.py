"""When we are root: the unprivileged system user that the embedded servers run as.

PostgreSQL refuses to run as root, and a queue has no need to. The user must be able to *reach* the data directory and
the servers' programs; it gets the right to pass through the folders above them (an access list entry for this one
user where the file system has access lists, else the search bit for others) and nothing more.
"""

import os
import pwd
import shutil
import stat
import struct
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

NAME = "dangjian"

_ACL = "system.posix_acl_access"
_ACL_VERSION = struct.pack("<I", 2)
_NO_ID = 0xFFFFFFFF
_OWNER, _USER, _GROUP, _MASK, _OTHER = 0x01, 0x02, 0x04, 0x10, 0x20
_SEARCH = 0x1


class SystemUserError(Exception):
    """The system user is missing and could not be made."""


@dataclass(frozen=True, slots=True)
class SystemUser:
    """The account the embedded servers run as."""

    name: str
    uid: int
    gid: int

    @property
    def process_options(self) -> dict[str, object]:
        """Keyword arguments for :mod:`subprocess` that start a program as this user."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def server_user() -> SystemUser | None:
    """The user to run servers as: None (ourselves) unless we are root; made when it does not exist.

    :raises SystemUserError: when it can't be made.
    """
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam(NAME)
    except KeyError:
        _create()
        entry = pwd.getpwnam(NAME)
    return SystemUser(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _create() -> None:
    if shutil.which("useradd"):
        command = ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
        command += ["--shell", "/usr/sbin/nologin", NAME]
    elif shutil.which("adduser"):
        command = ["adduser", "-S", "-D", "-H", "-s", "/sbin/nologin", NAME]
    else:
        raise SystemUserError(
            f"内置数据库不能以 root 身份运行，而本机没有 useradd 命令。请先建立系统用户 {NAME}，或改用普通用户启动。"
        )
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 9):  # 9: another process made it meanwhile
        raise SystemUserError(f"无法建立系统用户 {NAME}：{done.stderr.strip()}。请改用普通用户启动。")


def private_folder(path: Path, user: SystemUser | None) -> Path:
    """Make ``path`` a folder (0700) of ``user``, reachable for it, with all that is in it.

    :raises SystemUserError: it is somebody else's, and we are not root.
    """
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    owner = path.stat().st_uid
    if user is not None:
        if owner != user.uid:
            _hand_over(path, user)
        let_through(path, user)
    elif owner != os.geteuid():
        raise SystemUserError(
            f"文件夹 {path} 属于另一个用户（uid {owner}），当前用户不能使用。"
            f"请改用那个用户或 root 启动，或由 root 执行：chown -R {os.geteuid()} {path}"
        )
    path.chmod(0o700)
    return path


def _hand_over(path: Path, user: SystemUser) -> None:
    """Give a folder to ``user``, with what is in it: a data directory that root has copied or restored is root's."""
    os.chown(path, user.uid, user.gid)
    for folder, folders, files in os.walk(path):
        for name in (*folders, *files):
            os.chown(Path(folder, name), user.uid, user.gid, follow_symlinks=False)


def let_through(path: Path, user: SystemUser) -> None:
    """Give ``user`` the right to pass through every folder above ``path`` that it cannot pass yet."""
    for folder in reversed(path.resolve().parents):
        if not _may_search(folder, user):
            _grant_search(folder, user)


def let_read(trees: Iterable[Path], probe: Sequence[str], user: SystemUser) -> None:
    """Make the program files under ``trees`` usable for ``user``, when running ``probe`` shows that they are not."""
    for tree in trees:
        let_through(tree, user)
    if _runs(probe, user):
        return
    for tree in trees:
        for folder, _, names in os.walk(tree):
            for path in (Path(folder), *(Path(folder) / name for name in names)):
                mode = stat.S_IMODE(path.stat().st_mode)
                path.chmod(mode | stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0))


def _runs(probe: Sequence[str], user: SystemUser) -> bool:
    try:
        done = subprocess.run(
            probe, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False, user=user.uid,
            group=user.gid, extra_groups=[],
        )  # fmt: skip
    except PermissionError:
        return False
    return done.returncode == 0


def _may_search(folder: Path, user: SystemUser) -> bool:
    found = folder.stat()
    entries = _entries(folder)
    if (_USER, user.uid) in entries:
        return bool(entries[_USER, user.uid] & entries.get((_MASK, _NO_ID), 7) & _SEARCH)
    if found.st_uid == user.uid:
        return bool(found.st_mode & stat.S_IXUSR)
    if found.st_gid == user.gid:
        return bool(found.st_mode & stat.S_IXGRP)
    return bool(found.st_mode & stat.S_IXOTH)


def _grant_search(folder: Path, user: SystemUser) -> None:
    entries = _entries(folder)
    entries[_USER, user.uid] = _SEARCH
    entries[_MASK, _NO_ID] = entries.get((_MASK, _NO_ID), entries[_GROUP, _NO_ID]) | _SEARCH
    packed = b"".join(struct.pack("<HHI", tag, bits, who) for (tag, who), bits in sorted(entries.items()))
    try:
        os.setxattr(folder, _ACL, _ACL_VERSION + packed)
    except (OSError, AttributeError):  # no access lists here (or not Linux)
        folder.chmod(stat.S_IMODE(folder.stat().st_mode) | stat.S_IXOTH)


def _entries(folder: Path) -> dict[tuple[int, int], int]:
    """The folder's access list as {(tag, id): rwx bits}; built from its mode when it has none."""
    try:
        raw = os.getxattr(folder, _ACL)[4:]
    except (OSError, AttributeError):
        mode = folder.stat().st_mode
        return {(_OWNER, _NO_ID): mode >> 6 & 7, (_GROUP, _NO_ID): mode >> 3 & 7, (_OTHER, _NO_ID): mode & 7}
    return {(tag, who): bits for tag, bits, who in struct.iter_unpack("<HHI", raw)}
