"""Which tenants' records did not verify the last time: a file each in the data directory, for whoever watches the host.

The file stands beside the heads, outside the database whose owner could make the finding disappear.
"""

import json
import os
from collections.abc import Sequence
from pathlib import Path

from flask import current_app

from core.database import tenant_id

_ENDING = ".faults"


def _folder(data_dir: Path) -> Path:
    return data_dir / "audit"


def note(faults: Sequence[str]) -> None:
    """Write down what the bound tenant's last verification found; nothing found removes what stood there."""
    folder = _folder(current_app.extensions["dangjian.settings"].data_dir)
    file = folder / f"{tenant_id()}{_ENDING}"
    if not faults:
        file.unlink(missing_ok=True)
        return
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as out:
        json.dump(list(faults[:10]), out, ensure_ascii=False)


def faulty(data_dir: Path) -> list[int]:
    """The tenants (their numbers) whose record did not verify."""
    folder = _folder(data_dir)
    if not folder.is_dir():
        return []
    return sorted(int(file.stem) for file in folder.glob(f"*{_ENDING}") if file.stem.isdecimal())
