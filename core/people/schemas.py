"""A member's record as it comes in, from a form or as JSON: normalised, read into codes and dates, nothing judged.

The schema reads; the rules judge. A value that stands for nothing (a 13th month, an unknown code) does not end the
reading: it is handed to the rules as *unreadable*, so that everything wrong with a record is said at once and by rule.
"""

# marshmallow hands each field more than it needs:
# ruff: noqa: ARG002

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final
from uuid import UUID

from flask_babel import lazy_gettext as _l
from marshmallow import EXCLUDE, Schema, ValidationError, fields

from core.people.added.writing import taken_in
from core.people.codes import LISTS, parse, parse_class_tags
from core.people.identity_number import normalise as normalise_id_no
from core.people.rules.record import FIELD_LABELS
from core.people.rules.wording import block, short
from core.people.values import normalise_address, normalise_name, normalise_phone
from core.policy.findings import Finding
from core.spreadsheets.dates import read_date

_UNREADABLE: Final = "unreadable"
_LONGEST: Final = 2000
_BASE, _MEMBERSHIP, _CONTACT, _MORE = _l("基本信息"), _l("党籍信息"), _l("工作与联系方式"), _l("其他")


class Code(fields.Field[str | None]):
    """A code of a list, given as the code or by name; nothing for nothing."""

    def __init__(self, list_name: str, **more: Any) -> None:
        more["metadata"] = {"choices": lambda: [*LISTS[list_name].labels.items()], **more.get("metadata", {})}
        super().__init__(allow_none=True, **more)
        self.list_name = list_name

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str | None:
        if value == "":
            return None
        found = parse(self.list_name, value)
        if found is None:
            raise ValidationError(_UNREADABLE)
        return found


class Day(fields.Field[date | None]):
    """A date in any of the spellings that imports know."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date | None:
        if value == "":
            return None
        found = read_date(value) if isinstance(value, str) else None
        if found is None or found.problem or found.month_only:
            raise ValidationError(_UNREADABLE)
        return found.value


class Text(fields.Field[str | None]):
    """A text as it is kept: normalised, empty as None unless ``empty`` is given."""

    def __init__(
        self,
        tidy: Callable[[object], str] = normalise_address,
        *,
        most: int = 200,
        empty: str | None = None,
        **more: Any,
    ) -> None:
        super().__init__(allow_none=True, **more)
        self._tidy, self.most, self._empty = tidy, most, empty

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str | None:
        if not isinstance(value, str):
            raise ValidationError(_UNREADABLE)
        text = self._tidy(value.replace("\x00", ""))
        if len(text) > self.most:
            raise ValidationError(f"最多{self.most}个字，现有{len(text)}个字")
        return text or self._empty


class Identity(fields.Field[UUID | None]):
    """The id of a unit."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> UUID | None:
        if value == "":
            return None
        try:
            return UUID(value)
        except (ValueError, TypeError, AttributeError):
            raise ValidationError(_UNREADABLE) from None


class Tags(fields.Field[tuple[str, ...]]):
    """Class tags: a list of codes or names, or one text with 、 between them."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> tuple[str, ...]:
        parts = [value] if isinstance(value, str) else value
        if not isinstance(parts, list | tuple) or not all(isinstance(part, str) for part in parts):
            raise ValidationError(_UNREADABLE)
        found = parse_class_tags("、".join(parts))
        if found is None:
            raise ValidationError(_UNREADABLE)
        return found


class Flag(fields.Field[bool]):
    """Yes or no."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if value in (True, "1", "true", "是"):
            return True
        if value in (False, "0", "false", "否", ""):
            return False
        raise ValidationError(_UNREADABLE)


def _about(name: str, group: Any, **more: Any) -> dict[str, Any]:
    return {"label": FIELD_LABELS.get(name, name), "group": group, **more}


def _day(name: str, group: Any, **more: Any) -> Day:
    return Day(allow_none=True, metadata=_about(name, group, widget="date", **more))


def _code(name: str, group: Any, list_name: str | None = None, **more: Any) -> Code:
    return Code(list_name or name, metadata=_about(name, group, **more))


class MemberSchema(Schema):
    """The fields of a member (02-roster 2.1). Which of them are required is for the rules to say."""

    class Meta:
        """What marshmallow is told."""

        unknown = EXCLUDE

    name = Text(normalise_name, empty="", metadata=_about("name", _BASE, autocomplete="off"))
    sex = _code("sex", _BASE, choices=[(code, LISTS["sex"].labels[code]) for code in ("1", "2")], widget="radio")
    id_no = Text(normalise_id_no, empty="", metadata=_about("id_no", _BASE, autocomplete="off", inputmode="text"))
    birth = _day("birth", _BASE, help=_l("以党员档案为准"))
    ethnic = _code("ethnic", _BASE)
    native_place = Text(metadata=_about("native_place", _BASE))
    education = _code("education", _BASE)
    degree = _code("degree", _BASE)
    former_name = Text(normalise_name, most=30, metadata=_about("former_name", _BASE))
    marital = _code("marital", _BASE)
    unit = Identity(allow_none=True, metadata={"label": _l("所在党支部"), "group": _MEMBERSHIP})
    group = Identity(allow_none=True, metadata={"label": _l("所在党小组"), "group": _MEMBERSHIP})
    person_type = _code("person_type", _MEMBERSHIP, widget="radio")
    join_date = _day("join_date", _MEMBERSHIP, help=_l("支部大会接收为预备党员的日期"))
    regular_date = _day("regular_date", _MEMBERSHIP, help=_l("预备党员不填"))
    class_tags = Tags(metadata={"label": _l("党员分类"), "group": _MEMBERSHIP, "widget": "hidden"})
    post = _code("post", _CONTACT)
    employer = Text(metadata=_about("employer", _CONTACT))
    phone = Text(
        normalise_phone, most=40, empty="", metadata=_about("phone", _CONTACT, widget="tel", autocomplete="off")
    )
    address = Text(empty="", metadata=_about("address", _CONTACT, autocomplete="off", wide=True))
    work_start = _day("work_start", _MORE)
    household = _code("household", _MORE)
    no_post = Flag(metadata={"label": _l("无职党员"), "group": _MORE, "widget": "checkbox"})
    skills = Text(metadata={"label": _l("特长"), "group": _MORE})
    remark = Text(most=_LONGEST, metadata=_about("remark", _MORE, widget="textarea", wide=True))
    mismatch_reason = Text(metadata={"label": _l("性别或出生日期与证件不一致的原因"), "group": _MORE, "wide": True})


#: One for all: building a schema costs more than reading with it.
MEMBER: Final = MemberSchema()
#: What an API body may hold besides the fields.
_BESIDES: Final = frozenset({"reason", "no_id_approval", "added"})


@dataclass(frozen=True, slots=True)
class Reading:
    """A record as it was read.

    :param values: field → value, only of what was given and could be read.
    :param unreadable: field → the text that stands for nothing.
    :param findings: what is wrong in itself, such as a text that is too long.
    """

    values: dict[str, Any]
    unreadable: Mapping[str, str]
    findings: tuple[Finding, ...]
    #: further fields (:mod:`core.people.added`) → typed value, only of what was given and could be read
    added: Mapping[str, Any] = field(default_factory=dict)


def read(data: Mapping[str, Any], *, strict: bool = False, only: Sequence[str] | None = None) -> Reading:
    """Read a form or a JSON object.

    :param strict: fields nobody knows are found wrong (a program's mistake) instead of being passed over.
    :param only: read these fields alone, and the further fields (``<plugin>.<field>``, or all in one object ``added``).
    """
    given = data if only is None else {name: data[name] for name in only if name in data}
    added, findings = taken_in(_added(data))
    given = {name: value for name, value in given.items() if "." not in name}
    if strict:
        findings += [
            block("2.1", name, f"没有“{short(name)}”这个字段", code="E_FORMAT")
            for name in given
            if name not in MEMBER.fields and name not in _BESIDES
        ]
    try:
        return Reading(MEMBER.load(given), {}, tuple(findings), added)
    except ValidationError as error:
        return replace(_with_errors(given, error, findings), added=added)


def _added(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """The further fields among what was given."""
    held = data.get("added")
    return held if isinstance(held, Mapping) else {name: value for name, value in data.items() if "." in name}


def _with_errors(given: Mapping[str, Any], error: ValidationError, findings: list[Finding]) -> Reading:
    unreadable: dict[str, str] = {}
    for name, said in error.messages_dict.items():
        message = said[0] if isinstance(said, list) else str(said)
        if message == _UNREADABLE:
            unreadable["branch" if name == "unit" else name] = str(given.get(name, ""))[:100]
        else:
            findings.append(block("2.1", name, f"{FIELD_LABELS.get(name, name)}{message}", code="E_RANGE"))
    valid = error.valid_data
    return Reading(dict(valid) if isinstance(valid, dict) else {}, unreadable, tuple(findings))
