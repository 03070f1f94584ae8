"""What the embedded PostgreSQL is told, apart from initdb's defaults. Rewritten at each start; ``local.conf`` beside it wins."""

import os
import sys
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from core.runtime.system_user import SystemUser

_INCLUDES = "\n# Dangjian: what it needs, then what the operator of this machine adds.\ninclude_if_exists 'dangjian.conf'\ninclude_if_exists 'local.conf'\n"

_FIXED = {
    "listen_addresses": "",  # no TCP at all
    "unix_socket_permissions": "0700",
    "password_encryption": "scram-sha-256",
    "max_connections": "100",
    # redo after a crash reads at most this much: seconds, where 16 GB took 51 s
    "max_wal_size": "512MB",
    "min_wal_size": "80MB",
    "checkpoint_timeout": "5min",
    # after a crash all files are synced before redo: one call for the file system, where a call for each of thousands of
    # tables' files takes seconds on a busy disk
    "recovery_init_sync_method": "syncfs" if sys.platform == "linux" else "fsync",
    "timezone": "Asia/Shanghai",
    "log_timezone": "Asia/Shanghai",
    # a statement whose client is gone (a worker that was replaced) ends; a forgotten transaction doesn't hold back vacuum
    "client_connection_check_interval": "5s" if sys.platform == "linux" else "0",
    "idle_in_transaction_session_timeout": "15min",
    "jit": "off",  # our statements are short: compiling costs more than it saves
    "logging_collector": "on",
    "log_directory": "log",
    "log_filename": "postgresql-%a.log",  # seven files, each overwritten after a week
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    "log_truncate_on_rotation": "on",
    # members' data must not reach the log: no DETAIL lines (they quote rows), no parameters
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_min_duration_statement": "2s",
}


def write_settings(cluster: Path, socket: Path, user: SystemUser | None) -> None:
    """Write ``dangjian.conf`` into the cluster and make ``postgresql.conf`` include it."""
    values = _FIXED | {"unix_socket_directories": f'"{socket}"', "shared_buffers": f"{_shared_buffers_mb()}MB"}
    lines = [f"{name} = '{value.replace(chr(39), chr(39) * 2)}'\n" for name, value in sorted(values.items())]
    target = cluster / "dangjian.conf"
    draft = cluster / "dangjian.conf.new"
    draft.write_text(
        "# Written at each start. Your own settings go into local.conf beside this file.\n" + "".join(lines)
    )
    if user is not None:
        os.chown(draft, user.uid, user.gid)
    draft.replace(target)
    main = cluster / "postgresql.conf"
    if "include_if_exists 'dangjian.conf'" not in main.read_text(encoding="utf-8"):
        with main.open("a", encoding="utf-8") as file:
            file.write(_INCLUDES)


def _shared_buffers_mb() -> int:
    """An eighth of the memory, between 64 MB and 512 MB: the county's whole tenant fits."""
    return max(64, min(512, int(psutil.virtual_memory().total / 8 / 1024 / 1024)))
