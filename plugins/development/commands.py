"""``dangjian p development …``: bringing in the register of running cases that a unit kept before."""

from collections.abc import Mapping
from typing import Any

from core.sdk import ImportKind
from core.sdk.importing import import_command


def _kind() -> ImportKind:
    from plugins.development.importing.brought import REGISTER

    return REGISTER


def _figures(totals: Mapping[str, Any]) -> str:
    from plugins.development.importing.importer import FIGURES

    return "现有" + "、".join(f"{title} {totals[name]}" for name, title in FIGURES.items()) + "。"


COMMANDS = (import_command(_kind, "发展党员情况登记表", _figures),)
