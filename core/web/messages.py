"""marshmallow's own messages in the reader's language.

They are translated where they are shown, and not replaced by lazy texts inside marshmallow: a lazy text is no ``str``,
and marshmallow then changes the shape of the errors.
"""

import re
from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

#: marshmallow's wording, and ours; what stands in braces is carried over.
_TEXTS = (
    ("Missing data for required field.", _l("请填写这一项。")),
    ("Field may not be null.", _l("请填写这一项。")),
    ("Invalid value.", _l("这个值不能用。")),
    ("Invalid input.", _l("这个值不能用。")),
    ("Invalid input type.", _l("格式不对。")),
    ("Invalid type.", _l("格式不对。")),
    ("Unknown field.", _l("没有这一项。")),
    ("Not a valid boolean.", _l("请填写是或否。")),
    ("Not a valid date.", _l("请填写完整的年月日，例如 1990-07-01。")),
    ("Not a valid datetime.", _l("请填写完整的日期和时间，例如 2026-07-01 09:30。")),
    ("Not a valid integer.", _l("请填写整数。")),
    ("Not a valid number.", _l("请填写数字。")),
    ("Number too large.", _l("数字太大。")),
    ("Not a valid string.", _l("请填写文字。")),
    ("Not a valid utf-8 string.", _l("含有无法识别的字符。")),
    ("Not a valid list.", _l("请填写一个列表。")),
    ("Not a valid mapping type.", _l("格式不对。")),
    ("Not a valid UUID.", _l("编号的格式不对。")),
    ("Not a valid email address.", _l("邮箱地址的格式不对。")),
    ("Not a valid URL.", _l("网址的格式不对。")),
    ("String does not match expected pattern.", _l("格式不对。")),
    ("Must be one of: {choices}.", _l("只能填：%(choices)s。")),
    ("Must be equal to {other}.", _l("必须是 %(other)s。")),
    ("One or more of the choices you made was not in: {choices}.", _l("只能选：%(choices)s。")),
    ("Shorter than minimum length {min}.", _l("至少 %(min)s 个字。")),
    ("Longer than maximum length {max}.", _l("最多 %(max)s 个字。")),
    ("Length must be between {min} and {max}.", _l("字数须在 %(min)s 到 %(max)s 之间。")),
    ("Length must be {equal}.", _l("须为 %(equal)s 个字。")),
    ("Must be greater than or equal to {min} and less than or equal to {max}.", _l("须在 %(min)s 到 %(max)s 之间。")),
    ("Must be greater than or equal to {min}.", _l("不能小于 %(min)s。")),
    ("Must be less than or equal to {max}.", _l("不能大于 %(max)s。")),
    ("Must be greater than {min}.", _l("须大于 %(min)s。")),
    ("Must be less than {max}.", _l("须小于 %(max)s。")),
)


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+)", re.escape(text)), re.DOTALL)


_PATTERNS = tuple((_pattern(english), ours) for english, ours in _TEXTS)


def said(message: object) -> str:
    """One message as it is shown; a message of our own comes back as it is."""
    text = str(message)
    for pattern, ours in _PATTERNS:
        found = pattern.fullmatch(text)
        if found:
            return str(ours) % found.groupdict() if found.groupdict() else str(ours)
    return text


def said_all(errors: Mapping[str, Any]) -> dict[str, Any]:
    """``ValidationError.normalized_messages()`` with every text translated; the shape stays."""
    return {str(name): _shaped(value) for name, value in errors.items()}


def _shaped(value: Any) -> Any:
    if isinstance(value, Mapping):
        return said_all(value)
    return [_shaped(one) for one in value] if isinstance(value, list) else said(value)
