"""What of a sensitive value may be shown to everybody (00-conventions 0.4). Pure.

The number of stars never depends on what is hidden, so that a mask tells nothing but the characters it shows.
"""

import re
from typing import Final

_HIDDEN: Final = "****"
#: The first place names of an address, down to the county: what a mask may show.
_COUNTY: Final = re.compile(
    r"^(?:\D{2,8}?(?:省|自治区))?(?:\D{1,9}?(?:市|自治州|盟|地区))?\D{1,9}?(?:自治县|县|区|市|旗)"
)


def mask_id_no(id_no: str | None) -> str:
    """An identity number as its first 4 and last 2 characters: ``3505**********18``; a short one is hidden whole."""
    if not id_no:
        return ""
    if len(id_no) < 12:
        return _HIDDEN
    return f"{id_no[:4]}**********{id_no[-2:]}"


def mask_phone(phone: str | None) -> str:
    """A phone as its first 3 and last 4 digits: ``138****0000``; a short one is hidden whole."""
    if not phone:
        return ""
    if len(phone) < 11:
        return _HIDDEN
    return f"{phone[:3]}{_HIDDEN}{phone[-4:]}"


def mask_address(address: str | None) -> str:
    """An address down to its county: ``福建省泉州市永春县****``; without one it is hidden whole."""
    if not address:
        return ""
    county = _COUNTY.match(address)
    return f"{county[0] if county else ''}{_HIDDEN}"
