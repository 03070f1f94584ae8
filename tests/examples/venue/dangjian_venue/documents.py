"""The booking sheet, which the doorkeeper keeps against the key."""

import io
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from core.sdk import setting
from core.sdk.documents import Document, Field, Loaded, drawing
from dangjian_venue import queries
from dangjian_venue.permissions import VIEW
from dangjian_venue.rules import slip_code

_FIELDS = (
    Field("活动主题", "预订时填写的主题", "七月主题党日"),
    Field("场地", "场地名称", "党员活动室"),
    Field("使用单位", "预订的党组织", "第一党支部"),
    Field("日期", "使用日期", "2026年7月1日"),
    Field("时间", "使用时间", "09:00–11:00"),
    Field("领钥匙人", "领用钥匙的党员", "陈建国"),
    Field("核对码", "门卫据此核对这张单子", "3f9a01c2"),
)


def _default() -> bytes:
    made, out = drawing.sheet(), io.BytesIO()
    drawing.add_title(made, "活动阵地使用单")
    drawing.add_facts(drawing.add_table(made, (30, 126)), [(one.name, f"{{{{ {one.name} }}}}") for one in _FIELDS])
    drawing.add_foot(made)
    made.save(out)
    return out.getvalue()


def _load(request: Mapping[str, Any], full: bool) -> Loaded | None:
    found = queries.booking(UUID(str(request["id"])))
    if found is None:
        return None
    secret = setting("venue", "slip_secret")
    context = {
        "活动主题": found.topic, "场地": found.room, "使用单位": found.unit,
        "日期": f"{found.day.year}年{found.day.month}月{found.day.day}日", "时间": found.hours,
        "领钥匙人": found.person, "核对码": slip_code(secret, found.id) if secret else "",
    }  # fmt: skip
    return Loaded([context], [f"使用单 {found.day}"], f"活动阵地使用单：{found.topic}", 1, found.id, found.path)


SHEET = Document("venue.sheet", "活动阵地使用单", _FIELDS, _load, _default, VIEW, subject="booking")
