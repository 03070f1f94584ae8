"""How single values of a person are written: names, phones, addresses. Pure and idempotent. R2.08, R2.15."""

import re
from typing import Final

INTERPUNCT: Final = "·"

#: Spaces and marks nobody sees, which leave a Chinese name, and full-width forms.
_SPACES: Final = " \t\r\n\v\f\xa0\u1680\u180e\u202f\u205f\u3000\ufeff\u00ad" + "".join(map(chr, range(0x2000, 0x2010)))
_HALF: Final = {0xFF01 + n: chr(0x21 + n) for n in range(94)}
_INTERPUNCTS: Final = dict.fromkeys(map(ord, "•・‧∙･●⋅．。\u0387\u2219"), INTERPUNCT)
_NAME_TABLE: Final = {**_HALF, **_INTERPUNCTS, **dict.fromkeys(map(ord, _SPACES), " ")}
_PHONE_TABLE: Final = {**_HALF, **dict.fromkeys(map(ord, _SPACES)), **dict.fromkeys(map(ord, "—–‐―－"), "-")}

_ADDRESS_TABLE: Final = {0xFF10 + n: str(n) for n in range(10)}
_UNEVEN: Final = re.compile(r"[\s\u3000０-９]")

#: The unified signs among the compatibility forms (﨑) are Han like the others.
_UNIFIED: Final = "\ufa0e\ufa0f\ufa11\ufa13\ufa14\ufa1f\ufa21\ufa23\ufa24\ufa27-\ufa29"
_HAN_CLASS: Final = f"{_UNIFIED}㐀-䶿一-鿿豈-龎\U00020000-\U000323af〇"
_HAN: Final = re.compile(f"[{_HAN_CLASS}]+")
_HAN_NAME: Final = re.compile(f"[{_HAN_CLASS}]+(?:·[{_HAN_CLASS}]+)*")
_LATIN_NAME: Final = re.compile(
    f"(?=.*[A-Za-zÀ-ɏ\ue000-\uf8ff])[{_HAN_CLASS}A-Za-zÀ-ɏ\ue000-\uf8ff]+(?:[·.' -]{{1,2}}[{_HAN_CLASS}A-Za-zÀ-ɏ\ue000-\uf8ff]+)*\\.?"
)
_MOBILE: Final = re.compile(r"1[3-9]\d{9}")
_SIGNS_BETWEEN_PHONES: Final = re.compile(r"[\n/\\、,，;；|和或及]+")
_BETWEEN_PHONES: Final = re.compile(r"[\s/\\、,，;；|和或及]+")
_LANDLINE: Final = re.compile(r"0\d{2,3}-\d{7,8}(?:-\d{1,6})?")
_AREA: Final = re.compile(r"\(?(010|02\d|0[3-9]\d{2})\)?-?(\d{7,8})(?:(?:-|转|ext\.?)(\d{1,6}))?", re.IGNORECASE)


def normalise_name(value: object) -> str:
    """A name as the roster writes it: no spaces in a Chinese name, one ``·`` for every interpunct (R2.15)."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else str(value)
    if _HAN.fullmatch(text):  # nearly every row of a workbook
        return text
    text = " ".join(text.translate(_NAME_TABLE).split())
    if not any(_HAN.match(c) for c in text):
        return text.replace(INTERPUNCT, ".") if "." in text else text
    text = re.sub(f"(?<=[{_HAN_CLASS}]) +| +(?=[{_HAN_CLASS}])", "", text)
    text = re.sub(f" *(?:·|(?<=[{_HAN_CLASS}])[.](?=[{_HAN_CLASS}]))+ *", INTERPUNCT, text)
    return re.sub(f"{INTERPUNCT}+", INTERPUNCT, text).strip(INTERPUNCT)


def is_chinese_name(name: str) -> bool:
    """Whether a normalised name is written in Han characters and ``·`` alone."""
    return _HAN_NAME.fullmatch(name) is not None


def is_foreign_name(name: str) -> bool:
    """Whether a normalised name has Latin letters or characters of a private font, and nothing that no name has."""
    return _LATIN_NAME.fullmatch(name) is not None


def normalise_phone(value: object) -> str:
    """A phone number as the roster writes it: ``13800000000``, or ``0595-22222222`` with area code and extension."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = value if isinstance(value, str) else str(value)
    if len(text) == 11 and text.isascii() and text.isdigit() and text[0] == "1":  # nearly every row of a workbook
        return text
    text = text.translate(_PHONE_TABLE).removesuffix(".0").lstrip("'")
    digits = re.sub(r"^(\+86|0086|86(?=-?1[3-9]\d))-?", "", text)
    mobile = digits.replace("-", "")
    if _MOBILE.fullmatch(mobile):
        return mobile
    area = _AREA.fullmatch(digits)
    if area:
        return f"{area[1]}-{area[2]}" + (f"-{area[3]}" if area[3] else "")
    return digits


def several_phones(text: str) -> tuple[str, list[str]]:
    """The first of several phones in one cell, and the others; ``("", [])`` when the text is not several phones."""
    for between in (_SIGNS_BETWEEN_PHONES, _BETWEEN_PHONES):  # a space may also stand within a number
        parts = [normalise_phone(part) for part in between.split(text) if part.strip()]
        if len(parts) > 1 and all(is_phone(part) for part in parts):
            return parts[0], parts[1:]
    return "", []


def is_phone(phone: str) -> bool:
    """Whether a normalised phone is a mobile number or a landline with its area code (R2.08)."""
    return _MOBILE.fullmatch(phone) is not None or _LANDLINE.fullmatch(phone) is not None


def normalise_address(value: object) -> str:
    """An address without spaces around or doubled inside it; full-width digits and letters become ordinary ones."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else str(value)
    return " ".join(text.translate(_ADDRESS_TABLE).split()) if _UNEVEN.search(text) else text
