"""Looking at processes without trusting a process number alone: it may be a zombie, or have been given to another."""

import contextlib
from collections.abc import Sequence
from pathlib import Path

import psutil  # type: ignore[import-untyped]


def is_alive_in(pid: int, folder: Path, program: str) -> bool:
    """Whether ``pid`` is a living ``program`` whose working directory is ``folder`` (a zombie is not living)."""
    try:
        process = psutil.Process(pid)
        return bool(
            process.status() not in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)
            and process.name().startswith(program)
            and Path(process.cwd()) == folder
        )
    except (psutil.NoSuchProcess, psutil.AccessDenied, FileNotFoundError):
        return False


def processes_in(folder: Path, program: str) -> list[int]:
    """Every living ``program`` whose working directory is ``folder``."""
    return [pid for pid in psutil.pids() if is_alive_in(pid, folder, program)]


def end_processes(pids: Sequence[int], *, patience: float = 2.0) -> None:
    """Terminate the processes, then kill those that are still there after ``patience`` seconds, and wait for their end."""
    found = []
    for pid in pids:
        with contextlib.suppress(psutil.NoSuchProcess):
            found.append(psutil.Process(pid))
    for process in found:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.terminate()
    _, stubborn = psutil.wait_procs(found, timeout=patience)
    for process in stubborn:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(stubborn, timeout=10)
