"""Words and fields that several of these pages use."""

from collections.abc import Mapping
from typing import Any

from flask import request
from flask_babel import gettext as _

from core.sdk import Unit
from plugins.development.plan.screens import Reader, boxed
from plugins.development.plan.words import TARGETS


def unit_label(unit: Unit) -> str:
    """How a unit is called in lists."""
    return unit.short_name or unit.name


def target_fields(targets: Mapping[str, int]) -> list[dict[str, Any]]:
    """A field for each structure target: ``30%`` is a share, ``5`` a number of people."""
    found = []
    for code, title in TARGETS.items():
        value = ""
        if code in targets:
            value = f"{targets[code]}%"
        elif f"{code}_count" in targets:
            value = str(targets[f"{code}_count"])
        found.append(boxed(f"target_{code}", _("结构目标：%(what)s", what=title), value=value, placeholder="30% / 5"))
    return found


def read_targets(reader: Reader) -> dict[str, int]:
    """The structure targets of a form."""
    found: dict[str, int] = {}
    for code in TARGETS:
        text = request.form.get(f"target_{code}", "").strip().replace("％", "%").removesuffix("人")
        if not text:
            continue
        share, digits = text.endswith("%"), text.removesuffix("%").strip()
        if not (digits.isascii() and digits.isdigit() and len(digits) < 6 and (not share or int(digits) <= 100)):
            reader.wrong(f"target_{code}", f"{TARGETS[code]}的目标应写成 30% 或 5 这样的比例或人数。")
            continue
        found[code if share else f"{code}_count"] = int(digits)
    return found


def read_milestones(reader: Reader) -> list[int] | None:
    """Twelve numbers divided by spaces or commas; nothing when left out."""
    text = request.form.get("milestones", "").replace("，", " ").replace("、", " ").replace(",", " ").split()
    if not text:
        return None
    if len(text) != 12 or not all(one.isascii() and one.isdigit() and len(one) < 7 for one in text):
        reader.wrong("milestones", "进度安排应为12个数字：每月底的累计人数，用空格隔开。")
        return None
    return [int(one) for one in text]
