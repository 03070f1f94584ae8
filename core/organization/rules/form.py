"""Whether a unit's own particulars are well formed (R1.F): name, code, dates, subtype, region."""

import re
from datetime import date

from core.organization.codes import Subtype, UnitType
from core.organization.labels import label
from core.organization.spellings import plain, type_from_name
from core.policy.findings import Finding, Severity

#: Longest full name accepted, in characters.
NAME_MOST = 100
#: Codes of units when the tenant has no pattern of its own.
CODE_PATTERN = r"\d{12,21}"
#: The founding of the Party: nothing of it is older.
FOUNDED = date(1921, 7, 23)

_FULL_NAME = re.compile(r"中共.+(委员会|总支部委员会|支部委员会|支部|党小组)")
_REGION = re.compile(r"\d{6}|\d{9}|\d{12}")
_CREDIT = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}")
_CREDIT_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def name_findings(full_name: str, unit_type: UnitType | None) -> tuple[Finding, ...]:
    """The full name: given, not too long, of the usual form, and telling the same type as ``unit_type``."""
    name = plain(full_name)
    if not name:
        return (_form("full_name", "党组织全称为空，请填写全称。", "E_REQUIRED"),)
    if len(name) > NAME_MOST:
        message = f"党组织全称有{len(name)}个字，超过{NAME_MOST}个字，请核对。"
        return (_form("full_name", message, "E_RANGE"),)
    found: list[Finding] = []
    if not any(sign.isalpha() for sign in name):
        found.append(_form("full_name", f"党组织全称“{name}”中没有文字，请填写全称。", "E_FORMAT"))
    elif not _FULL_NAME.fullmatch(name):
        message = (
            f"全称“{name}”不是规范写法；规范全称以“中共”开头，以“委员会、总支部委员会、支部委员会、支部、党小组”结尾。"
        )
        found.append(Finding("R1.F", Severity.INFO, "full_name", message, code="E_FORMAT"))
    told = type_from_name(name)
    if unit_type is not None and told is not None and not same_kind(told, unit_type):
        message = f"类别为{label(unit_type)}，但全称“{name}”表明是{label(told)}，请核对。"
        found.append(Finding("R1.F", Severity.WARN, "type", message, code="E_CONFLICT"))
    return tuple(found)


def same_kind(told: UnitType, stated: UnitType) -> bool:
    """A work committee is commonly listed among the committees."""
    committees = {UnitType.COMMITTEE, UnitType.WORK_COMMITTEE}
    return told is stated or {told, stated} <= committees


def code_findings(code: str, *, pattern: str | None = None, taken: bool = False) -> tuple[Finding, ...]:
    """The unit's code: of the tenant's pattern (default 12 to 21 digits) and used once."""
    if not re.fullmatch(pattern or CODE_PATTERN, code):
        form = f"“{pattern}”格式" if pattern else "12至21位数字"
        return (_form("code", f"党组织代码“{code}”不正确，应为{form}。", "E_FORMAT"),)
    if taken:
        return (_form("code", f"党组织代码“{code}”已被使用，代码不能重复。", "E_DUP"),)
    return ()


def subtype_findings(unit_type: UnitType, subtype: Subtype | None) -> tuple[Finding, ...]:
    """Only a branch has a subtype, and a branch has one."""
    if unit_type is not UnitType.BRANCH and subtype is not None:
        message = f"{label(unit_type)}没有“{label(subtype)}”这一类型，只有党支部分类型。"
        return (_form("subtype", message, "E_CONFLICT"),)
    if unit_type is UnitType.BRANCH and subtype is None:
        return (_form("subtype", "党支部须填写类型（单独、联合、临时等）。", "E_REQUIRED"),)
    return ()


def established_findings(established_on: date | None, *, as_of: date) -> tuple[Finding, ...]:
    """The day a unit was established lies between the founding of the Party and ``as_of``."""
    if established_on is None or FOUNDED <= established_on <= as_of:
        return ()
    wrong = f"成立日期{established_on}晚于今天（{as_of}），请核对。"
    if established_on < FOUNDED:
        wrong = f"成立日期{established_on}早于中国共产党成立日期{FOUNDED}，请核对。"
    return (_form("established_on", wrong, "E_RANGE"),)


def region_findings(region_code: str | None) -> tuple[Finding, ...]:
    """A region code has 6, 9 or 12 digits (GB/T 2260 and its street and village extensions)."""
    if not region_code or _REGION.fullmatch(region_code):
        return ()
    return (_form("region_code", f"行政区划代码“{region_code}”应为6位、9位或12位数字。", "E_FORMAT"),)


def credit_code_findings(credit_code: str | None) -> tuple[Finding, ...]:
    """A unified social credit code: 18 signs with a correct check sign (GB 32100-2015)."""
    if not credit_code:
        return ()
    code = plain(credit_code).upper()
    if not _CREDIT.fullmatch(code):
        return (_form("credit_code", f"统一社会信用代码“{credit_code}”应为18位数字和大写字母。", "E_FORMAT"),)
    total = sum(_CREDIT_SIGNS.index(sign) * pow(3, place, 31) for place, sign in enumerate(code[:17]))
    right = _CREDIT_SIGNS[-total % 31]
    if code[17] != right:
        return (_form("credit_code", f"统一社会信用代码“{credit_code}”校验位不正确，请核对。", "E_FORMAT"),)
    return ()


def _form(field: str, message: str, code: str) -> Finding:
    return Finding("R1.F", Severity.BLOCK, field, message, code=code)
