"""What is done with files every day: strays swept, mistakes deleted, a thirtieth of the files read again."""

import logging
from datetime import date
from typing import Any

from core.audit.actions import record
from core.files import resealing as _resealing  # noqa: F401  (files have their part in a change of keys)
from core.files.actions import prove, purge_mistakes, sweep_strays
from core.jobs import daily

log = logging.getLogger(__name__)


@daily("files.upkeep", timeout=3600)
def upkeep(payload: dict[str, Any]) -> None:
    """Sweep, purge, prove. A file that is not what was kept is written down and logged (T16.14)."""
    sweep_strays()
    purge_mistakes(as_of=date.fromisoformat(payload["as_of"]))
    damaged = prove()
    if damaged:
        log.error("%s files are not what was kept: %s", len(damaged), ", ".join(map(str, damaged[:20])))
        record(kind="files.damaged", detail={"files": [str(file_id) for file_id in damaged]})
