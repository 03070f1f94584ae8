"""Looking at processes without trusting a process number alone: it may be a zombie, or have been given to another."""

import contextlib
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]

_ENDED = (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)


def is_alive_in(pid: int, folder: Path, program: str) -> bool:
    """Whether ``pid`` is a living ``program`` whose working directory is ``folder`` (a zombie is not living)."""
    try:
        process = psutil.Process(pid)
        return bool(
            process.status() not in _ENDED and process.name().startswith(program) and Path(process.cwd()) == folder
        )
    except (psutil.NoSuchProcess, psutil.AccessDenied, FileNotFoundError):
        return False


def processes_in(folder: Path, program: str) -> list[int]:
    """Every living ``program`` whose working directory is ``folder``."""
    return [pid for pid in psutil.pids() if is_alive_in(pid, folder, program)]


def end_processes(pids: Sequence[int], *, patience: float = 2.0) -> None:
    """Terminate the processes, then kill those that still live after ``patience`` seconds, and wait for their end."""
    found = []
    for pid in pids:
        with contextlib.suppress(psutil.NoSuchProcess):
            found.append(psutil.Process(pid))
    for process in found:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.terminate()
    for process in _still_alive(found, patience):
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    _still_alive(found, 10.0)


def _still_alive(processes: Sequence[Any], seconds: float) -> list[Any]:
    """Those that live after at most ``seconds``. A zombie has ended, however long its parent takes to notice."""
    deadline = time.monotonic() + seconds
    while True:
        alive = [process for process in processes if _lives(process)]
        if not alive or time.monotonic() > deadline:
            return alive
        time.sleep(0.02)


def _lives(process: Any) -> bool:
    try:
        return bool(process.is_running() and process.status() not in _ENDED)
    except psutil.NoSuchProcess:
        return False
