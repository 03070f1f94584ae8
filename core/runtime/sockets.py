"""Where an embedded server's Unix socket lives: beside its data, or in a short private folder when that path is too long."""

import hashlib
import os
import stat
from pathlib import Path

from core.runtime.system_user import SystemUser, private_folder

#: A socket's path, with its closing zero byte, must fit ``sun_path``: 108 bytes on Linux, 104 on macOS and the BSDs.
MAX_SOCKET_PATH = 103
_SHORT = 40
#: shared with other accounts, hence the check of owner and mode below
_SHARED = Path("/tmp")  # noqa: S108


class UnsafeSocketFolder(Exception):
    """The folder meant for the socket belongs to somebody else."""


def socket_folder(home: Path, socket_name: str, user: SystemUser | None) -> Path:
    """A folder (0700) short enough for ``socket_name``; the same one on every call for the same ``home``.

    :raises UnsafeSocketFolder: when another account has taken the name in the shared temporary folder.
    """
    beside = home / "socket"
    if len(os.fsencode(beside / socket_name)) <= MAX_SOCKET_PATH:
        return private_folder(beside, user)
    name = hashlib.sha256(os.fsencode(home)).hexdigest()[:16]
    base = _SHARED
    if user is None and len(os.environ.get("XDG_RUNTIME_DIR", "/" * MAX_SOCKET_PATH)) < _SHORT:
        base = Path(os.environ["XDG_RUNTIME_DIR"])
    short = base / f"dangjian-{name}"
    owner = os.geteuid() if user is None else user.uid
    try:
        short.mkdir(mode=0o700)
        if user is not None:
            os.chown(short, user.uid, user.gid)
    except FileExistsError:
        found = short.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner or found.st_mode & 0o077:
            raise UnsafeSocketFolder(f"套接字目录 {short} 不属于本系统的用户，或权限过宽；请检查后删除。") from None
    return short
