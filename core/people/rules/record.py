"""What the rules look at: a member's record, and the document that decides about a member."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Final

#: English field name → the Chinese heading people know it by (02-roster 2.1).
FIELD_LABELS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "name": "姓名", "sex": "性别", "ethnic": "民族", "id_no": "公民身份号码", "birth": "出生日期",
        "native_place": "籍贯", "education": "学历", "degree": "学位", "person_type": "人员类别", "branch": "所在党支部",
        "group": "所在党小组", "join_date": "加入党组织日期", "regular_date": "转为正式党员日期", "post": "工作岗位",
        "phone": "联系电话", "address": "家庭住址", "membership_state": "党籍状态", "lost_contact": "是否失联",
        "class_tags": "党员分类", "marital": "婚姻状况", "health": "健康状况", "household": "户籍类型",
        "work_start": "参加工作日期", "employer": "工作单位", "former_name": "曾用名", "remark": "备注",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class MemberRecord:
    """The values of one member as the rules see them: normalised texts, codes of the lists, dates.

    ``None`` or ``""`` is: not given. Codes are those of the lists in ``codes``.

    :param name: after ``values.normalise_name``.
    :param id_no: after ``identity_number.normalise``.
    :param phone: after ``values.normalise_phone``.
    :param branch: whatever identifies the branch that was found; ``None`` if none was.
    :param no_id_approval: the approval under which somebody is kept without a number 无证件 (02-roster 2.8).
    :param unreadable: field → text that was given but stands for nothing, such as a 13th month or an unknown code.
    """

    name: str = ""
    sex: str | None = None
    ethnic: str | None = None
    id_no: str = ""
    birth: date | None = None
    education: str | None = None
    person_type: str | None = None
    branch: object | None = None
    join_date: date | None = None
    regular_date: date | None = None
    post: str | None = None
    phone: str = ""
    address: str = ""
    group: object | None = None
    native_place: str | None = None
    degree: str | None = None
    membership_state: str | None = None
    no_id_approval: str | None = None
    unreadable: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Document:
    """The approved decision that moves a state: its number, the organ that decided, the day."""

    number: str
    organ: str
    decided_on: date
