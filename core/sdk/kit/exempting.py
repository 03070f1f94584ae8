"""The only way past a check: its code with a reason, in the plugin's own files, where a reviewer sees it.

    [tool.dangjian.kit]
    exempt = { "statements" = "the page shows one unit's card per statement, at most ten" }

in the distribution's ``pyproject.toml``, or ``exempt = { … }`` in a ``kit.toml`` beside ``plugin.toml``.
"""

import tomllib
from collections.abc import Collection
from pathlib import Path
from typing import Any

#: Shorter than that is no reason.
SHORTEST = 15


class BadExemption(ValueError):
    """The exemptions can't be read so."""


def exemptions(package: Path, *, known: Collection[str]) -> dict[str, str]:
    """Check → reason, for the plugin whose package lies there.

    :raises BadExemption: an unknown check, or no reason.
    """
    found: dict[str, str] = {}
    for place, keys in ((package / "kit.toml", ()), (package.parent / "pyproject.toml", ("tool", "dangjian", "kit"))):
        if place.is_file():
            found.update(_read(place, keys, known))
    return found


def _read(place: Path, keys: tuple[str, ...], known: Collection[str]) -> dict[str, str]:
    table: Any = tomllib.loads(place.read_text("utf-8"))
    for key in keys:
        table = table.get(key, {})
    exempt = table.get("exempt", {})
    if not isinstance(exempt, dict):
        raise BadExemption(f"{place}: exempt must be a table of check → reason")
    for code, reason in exempt.items():
        if code not in known:
            raise BadExemption(f"{place}: there is no check {code!r}; there are {', '.join(known)}")
        if not isinstance(reason, str) or len(reason.strip()) < SHORTEST:
            raise BadExemption(f"{place}: the exemption from {code!r} needs a reason of at least {SHORTEST} characters")
    return exempt
