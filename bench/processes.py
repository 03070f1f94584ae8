"""What processes use, read from /proc: processor time and proportional memory."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

#: Ticks of /proc/<pid>/stat in a second.
TICKS = os.sysconf("SC_CLK_TCK")
_UTIME, _STIME, _CUTIME, _CSTIME, _PARENT = 11, 12, 13, 14, 1


def _stat(pid: int) -> list[str] | None:
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    # The command's name stands in brackets and may hold blanks: count from behind it.
    return text.rpartition(")")[2].split()


def children(pid: int) -> list[int]:
    """The living direct children of a process."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            fields = _stat(int(entry.name))
            if fields is not None and int(fields[_PARENT]) == pid:
                found.append(int(entry.name))
    return found


def command(pid: int) -> str:
    """The command line; PostgreSQL writes role and database of a connection there."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return ""


def cpu_seconds(pid: int) -> float:
    """User and system time a process has used, its threads included; 0 when it is gone."""
    fields = _stat(pid)
    return (int(fields[_UTIME]) + int(fields[_STIME])) / TICKS if fields else 0.0


def ended_children_seconds(pid: int) -> float:
    """Processor time of the children a process has already reaped."""
    fields = _stat(pid)
    return (int(fields[_CUTIME]) + int(fields[_CSTIME])) / TICKS if fields else 0.0


def proportional_set_mib(pid: int) -> float:
    """Memory of a process with shared pages divided among those who share them, in MiB."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    raise LookupError(f"no Pss in /proc/{pid}/smaps_rollup")


@dataclass(frozen=True, slots=True)
class Cpu:
    """Processor seconds used so far by the application's workers and by the database's connections."""

    application: float
    database: float

    def since(self, earlier: "Cpu") -> "Cpu":
        """What was used between two readings."""
        return Cpu(self.application - earlier.application, self.database - earlier.database)


def reading(workers: Iterable[int], postmaster: int, database: str, aside: int) -> Cpu:
    """Read both clocks. Connections of ``database`` count, but for ``aside``; vacuum, checkpoints and the log do not."""
    mark = f" {database} "
    return Cpu(
        application=sum(cpu_seconds(pid) for pid in workers),
        database=sum(cpu_seconds(pid) for pid in children(postmaster) if pid != aside and mark in command(pid)),
    )
