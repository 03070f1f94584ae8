"""What accounts are found by: login names, e-mail addresses, phone numbers, as they are stored and compared. Pure."""

import unicodedata
from ipaddress import IPv6Address, ip_address

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from core.policy.findings import Finding, Refused, Severity

#: Numbers without a country's code are of this one.
HOME = "CN"


def normal_login(text: str) -> str:
    """A login as it is stored and compared: NFKC, trimmed, lower case."""
    return unicodedata.normalize("NFKC", text).strip().lower()


def email_of(text: str) -> str | None:
    """An e-mail address as it is stored and compared, or ``None`` when the text is none."""
    plain = normal_login(text)
    if "@" not in plain or len(plain) > 254:
        return None
    try:
        return str(validate_email(plain, check_deliverability=False).normalized).lower()
    except EmailNotValidError:
        return None


def phone_of(text: str) -> str | None:
    """A phone number as it is stored and compared (E.164), or ``None`` when the text is none."""
    plain = normal_login(text)
    if not 5 <= len(plain) <= 30 or any(sign.isalpha() for sign in plain):
        return None
    try:
        number = phonenumbers.parse(plain, HOME)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def masked_email(email: str) -> str:
    """``li***@example.org``."""
    name, _at, host = email.partition("@")
    return f"{name[: min(2, len(name) - 1)]}***@{host}"


def masked_phone(phone: str) -> str:
    """``138****8000`` for a number at home, its first and last digits for one abroad."""
    plain = phone.removeprefix("+86")
    return f"{plain[:3]}****{plain[-4:]}"


def login_findings(login: str) -> tuple[Finding, ...]:
    """What is wrong with a normalised login: it must not be taken for somebody's address or number."""
    if not login or len(login) > 100:
        return (_no("ID.01", "login", "登录名不能为空，最长100个字。", "E_REQUIRED"),)
    if "@" in login or phone_of(login) is not None:
        return (_no("ID.03", "login", "登录名不能是手机号或电子邮箱；它们可以另外登记，同样能用来登录。", "E_FORMAT"),)
    return ()


def email_or_refuse(text: str) -> str:
    """The stored form of an e-mail address. :raises Refused: when the text is none."""
    found = email_of(text)
    if found is None:
        raise Refused([_no("ID.04", "email", "电子邮箱的格式不对，例如 li@example.cn。", "E_FORMAT")])
    return found


def phone_or_refuse(text: str) -> str:
    """The stored form of a phone number. :raises Refused: when the text is none."""
    found = phone_of(text)
    if found is None:
        raise Refused(
            [_no("ID.05", "phone", "手机号的格式不对，国内号码为11位，国外号码以“+国家代码”开头。", "E_FORMAT")]
        )
    return found


def network_of(address: str | None) -> str:
    """The network an address is counted under: the IPv4 address itself, or the first 64 bits of an IPv6 one."""
    try:
        found = ip_address(address or "")
    except ValueError:
        return "-"
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return f"{IPv6Address(int(found) >> 64 << 64)}/64"
    return str(found)


def _no(rule: str, field: str, message: str, code: str) -> Finding:
    return Finding(rule, Severity.BLOCK, field, message, code=code)
