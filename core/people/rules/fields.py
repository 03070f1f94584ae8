"""What each field of a record must be by itself: given, readable, well written. 02-roster 2.1, R2.08, R2.14, R2.15."""

from collections.abc import Iterator
from typing import Final

from core.people.codes import FEMALE, MALE
from core.people.rules.policy import EDU, RosterPolicy
from core.people.rules.record import MemberRecord
from core.people.rules.wording import block, inform, label_of, short, warn
from core.people.values import is_chinese_name, is_foreign_name, is_phone
from core.policy.findings import Finding

#: The section of the roster's specification that lists the fields stands for a rule of its own.
FIELDS: Final = "2.1"

#: What would be right, for fields that are given but cannot be read.
_RIGHT: Final = {
    "birth": "请写成“1980-01-01”这样的年-月-日",
    "join_date": "请写成“2001-06-30”这样的年-月-日",
    "regular_date": "请写成“2002-06-30”这样的年-月-日",
    "work_start": "请写成“1998-08-01”这样的年-月-日",
    "sex": "请填“男”或“女”",
    "ethnic": "请填民族名称，例如“汉族”“畲族”，或国家标准代码",
    "education": "请填“研究生”“大学本科”“大学专科”“中专”“高中”“初中”“小学”之一，或国家标准代码",
    "person_type": "请填“正式党员”或“预备党员”",
    "post": "请填“工人”“农牧渔民”“专业技术人员”“管理人员”“机关工作人员”“学生”“离退休人员”“其他”之一",
    "class_tags": "请填“农村”“社区”“机关”“离退休”“流动”等分类，几个分类之间用顿号隔开",
    "marital": "请填“未婚”“已婚”“丧偶”“离婚”之一",
    "degree": "请填“博士”“硕士”“学士”之一",
}
#: Required fields whose absence a rule of its own speaks of.
_ELSEWHERE: Final = frozenset({"id_no", "branch"})


def name_rule(record: MemberRecord, policy: RosterPolicy) -> Iterator[Finding]:
    """R2.15: Han characters and ``·``; other letters need a reason; nothing else is a name."""
    name = record.name
    if not name:
        yield block(FIELDS, "name", "姓名没有填写。请填党员档案中的姓名", code="E_REQUIRED", fix="补填姓名")
        return
    if not policy.name_min <= len(name) <= policy.name_max:
        yield block(
            "R2.15",
            "name",
            f"姓名“{short(name)}”有{len(name)}个字，应为{policy.name_min}至{policy.name_max}个字",
            code="E_RANGE",
        )
    if is_chinese_name(name):
        return
    if is_foreign_name(name):
        yield warn(
            "R2.15",
            "name",
            f"姓名“{short(name)}”里有字母或系统造字。确实如此的，请写明理由；否则请改为汉字姓名",
            code="E_FORMAT",
        )
    else:
        yield block(
            "R2.15",
            "name",
            f"姓名“{short(name)}”里有不能用在姓名中的字符。姓名只用汉字，少数民族姓名中间用“·”",
            code="E_FORMAT",
            fix="改为证件上的姓名",
        )


def required_rule(record: MemberRecord, policy: RosterPolicy, *, on_import: bool) -> Iterator[Finding]:
    """2.1: every field marked as required is given; an import keeps a row that lacks only what can be asked later."""
    must = policy.required_on_import if on_import else policy.required
    for field in ("sex", "ethnic", "birth", "education", "person_type", "join_date", "post", "phone", "address"):
        value = getattr(record, field)
        if field == "sex" and value not in (MALE, FEMALE):  # 未知 and 未说明 are codes, but say nothing
            value = None
        if value or field in record.unreadable:
            continue
        sentence = f"{label_of(field)}没有填写"
        if field in must:
            yield block(FIELDS, field, f"{sentence}。请补填", code="E_REQUIRED", fix=f"补填{label_of(field)}")
        elif field in policy.required:
            yield inform(FIELDS, field, f"{sentence}，可以先导入，之后请补齐", code="E_REQUIRED")


def readable_rule(record: MemberRecord, policy: RosterPolicy, *, on_import: bool) -> Iterator[Finding]:
    """2.1: what is given stands for something: a real date, a code of the list."""
    for field, text in record.unreadable.items():
        if field == "branch":
            continue
        sentence = f"{label_of(field)}“{short(str(text))}”认不出来"
        right = _RIGHT.get(field, "请照模板的说明填写")
        if on_import and field in policy.may_be_dropped:
            yield warn(FIELDS, field, f"{sentence}，这一项先不导入。{right}", code="E_FORMAT", fix=right)
        else:
            yield block(FIELDS, field, f"{sentence}。{right}", code="E_FORMAT", fix=right)


def phone_rule(record: MemberRecord) -> Iterator[Finding]:
    """R2.08: a mobile number or a landline with its area code."""
    if record.phone and not is_phone(record.phone):
        yield warn(
            "R2.08",
            "phone",
            f"联系电话“{short(record.phone)}”不像电话号码。手机号应为11位数字，固定电话应带区号，例如0595-22222222",
            code="E_FORMAT",
        )


def phone_shared(holders: int, policy: RosterPolicy) -> Finding | None:
    """R2.08: one phone among more members than the policy allows. ``holders`` counts the member as well."""
    if holders <= policy.phone_shared_max:
        return None
    return warn(
        "R2.08",
        "phone",
        f"这个联系电话已有{holders}名党员在用，一般不超过{policy.phone_shared_max}名。请核对是否填错",
        code="E_DUP",
    )


def branch_rule(record: MemberRecord) -> Iterator[Finding]:
    """R2.14: every member is placed in a branch; a row whose branch nobody knows is not made active."""
    if record.branch:
        return
    text = record.unreadable.get("branch")
    if text:
        sentence = f"所在党支部“{short(text, 40)}”在本单位的党组织中找不到。请核对党支部全称，或先建立这个党支部"
        yield block("R2.14", "branch", sentence, code="E_SCOPE", source=f"{EDU}第二十五条", fix="改为党支部的全称")
    else:
        sentence = "所在党支部没有填写。每个党员都应编入一个党支部"
        yield block("R2.14", "branch", sentence, code="E_REQUIRED", source=f"{EDU}第二十五条", fix="补填所在党支部")
