"""What the identity number says and what the record says. R2.01 to R2.04."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from core.people.codes import FEMALE, MALE, label
from core.people.identity_number import Fault, IdFacts, check_character, facts, fault, from_fifteen, place_is_known
from core.people.masking import mask_id_no
from core.people.rules.record import MemberRecord
from core.people.rules.wording import block, finding, inform, short, shown
from core.policy.findings import Finding, Severity

_CHECK: Final = "请对照身份证核对"

_SENTENCES: Final = {
    Fault.DIGITS_LOST: "公民身份号码的末几位已经丢失：表格软件把长数字当成数值保存，只留下前15位。请把这一列设为“文本”格式，"
    "对照身份证重新填写18位号码",
    Fault.CHARACTERS: "公民身份号码里有不该有的字符。前17位应为数字，第18位为数字或X",
    Fault.PROVINCE: "公民身份号码开头两位不是任何省（自治区、直辖市）的代码。" + _CHECK,
    Fault.BIRTH: "公民身份号码第7至14位不是真实的出生日期（1900年以后的年月日）。" + _CHECK,
    Fault.BIRTH_FUTURE: "公民身份号码第7至14位的出生日期还没有到。" + _CHECK,
}


def id_rule(record: MemberRecord, *, as_of: date) -> Iterator[Finding]:
    """R2.01 and R2.02: the number is there and sound. Somebody without one needs an approval (02-roster 2.8)."""
    wrong = fault(record.id_no, as_of=as_of)
    if wrong is None:
        return
    if wrong is Fault.EMPTY:
        if not (record.no_id_approval or "").strip():
            yield block(
                "R2.01",
                "id_no",
                "公民身份号码没有填写。确实没有证件的，须经批准后按“无证件”登记",
                code="E_REQUIRED",
                fix="补填公民身份号码",
            )
        return
    yield id_finding(record.id_no, wrong)


def id_finding(number: str, wrong: Fault) -> Finding:
    """What to say of a faulty number. The number itself is shown masked, because messages are kept and shown."""
    if wrong is Fault.FIFTEEN:
        return _fifteen(number)
    if wrong is Fault.CHECKSUM:
        sentence = (
            f"公民身份号码“{mask_id_no(number)}”的校验码不对：按前17位推算，第18位应为{check_character(number)}，"
            f"填的是{number[17]}。可能有一位抄错，{_CHECK}"
        )
    elif wrong is Fault.LENGTH:
        sentence = f"公民身份号码有{len(number)}位，应为18位。{_CHECK}"
    else:
        sentence = _SENTENCES[wrong]
    return block("R2.01", "id_no", sentence, code="E_FORMAT", fix=_CHECK)


def _fifteen(number: str) -> Finding:
    proposal = from_fifteen(number)
    if proposal is None:
        sentence = "公民身份号码是15位的旧号码，而且不能换算成18位。" + _CHECK
        return block("R2.02", "id_no", sentence, code="E_FORMAT", fix="填写18位公民身份号码")
    return block(
        "R2.02",
        "id_no",
        f"公民身份号码是15位的旧号码，不能直接使用。换算成18位应为{proposal}，请与本人核对后填写18位号码",
        code="E_FORMAT",
        fix=proposal,
    )


def id_facts(record: MemberRecord, *, as_of: date) -> IdFacts | None:
    """What a sound number of the record says, or ``None``."""
    return facts(record.id_no) if fault(record.id_no, as_of=as_of) is None else None


def mismatch_rule(record: MemberRecord, said: IdFacts, *, must_be_explained: bool) -> Iterator[Finding]:
    """R2.03: sex and birth agree with the number, or both are kept with a reason.

    :param must_be_explained: an import without a reason, where nobody can be asked: the row is refused.
    """
    severity = Severity.BLOCK if must_be_explained else Severity.WARN
    after = "如档案与证件确有不一致，请填写理由，两者都会保留；否则请更正"
    if record.sex in (MALE, FEMALE) and record.sex != said.sex:
        sentence = f"性别“{label('sex', record.sex)}”与公民身份号码第17位所示“{label('sex', said.sex)}”不一致。{after}"
        yield finding("R2.03", severity, "sex", sentence, code="E_CONFLICT", fix=label("sex", said.sex))
    if record.birth and record.birth != said.birth:
        sentence = f"出生日期{shown(record.birth)}与公民身份号码第7至14位所示{shown(said.birth)}不一致。{after}"
        yield finding("R2.03", severity, "birth", sentence, code="E_CONFLICT", fix=said.birth.isoformat())


def derived_rule(record: MemberRecord, said: IdFacts) -> Iterator[Finding]:
    """R2.03: sex or birth that is not given is taken from the number (see ``complete``)."""
    if record.sex not in (MALE, FEMALE) and "sex" not in record.unreadable:
        yield inform("R2.03", "sex", f"性别没有填写，已按公民身份号码补为“{label('sex', said.sex)}”", code="E_REQUIRED")
    if record.birth is None and "birth" not in record.unreadable:
        yield inform("R2.03", "birth", f"出生日期没有填写，已按公民身份号码补为{shown(said.birth)}", code="E_REQUIRED")


def place_rule(record: MemberRecord) -> Finding | None:
    """R2.01: advice when the stored list does not have the place for the year of birth. Never refuses; not for imports.

    Only asked of a sound number, on forms: county codes are younger than many bearers, so most such numbers are real.
    """
    if place_is_known(record.id_no):
        return None
    sentence = (
        f"公民身份号码前6位{record.id_no[:6]}在出生当年的行政区划代码中查不到，可能是区划调整所致。请再看一眼身份证"
    )
    return inform("R2.01", "id_no", sentence, code="E_FORMAT")


def duplicate_in_file(first_row: int, *, sheet: str = "") -> Finding:
    """R2.04: the number stands in the same workbook already. ``first_row`` as the spreadsheet counts."""
    where = f"“{short(sheet)}”第{first_row}行" if sheet else f"第{first_row}行"
    sentence = f"公民身份号码与{where}相同。一个号码只能登记一名党员，请核对后删去重复的一行"
    return block("R2.04", "id_no", sentence, code="E_DUP")


def duplicate_in_roster(name: str, branch: str) -> Finding:
    """R2.04: a current member of the tenant has the number already."""
    sentence = (
        f"公民身份号码已登记在{short(branch, 40)}的党员{short(name)}名下。同一个人请用“更新”，不是同一个人请核对号码"
    )
    return block("R2.04", "id_no", sentence, code="E_DUP")
