"""Names of files made harmless. Pure."""

import re
import unicodedata

#: Bytes of a name at most: what the strictest usual file system takes, with room for a mark such as “ (2)”.
LONGEST_BYTES = 200
_RESERVED = re.compile(r'[<>:"|?*\x00-\x1f]')
_DEVICES = re.compile(r"(?i)^(con|prn|aux|nul|com\d|lpt\d)(\.|$)")


def plain_name(given: str, extension: str) -> str:
    """The last part of a path as a name: no controls, nothing that turns the reading direction, not over-long.

    :param extension: without its dot; takes the place of any other, since the content decides what a file is.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", given))[-1]
    shown = "".join(sign for sign in last if unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    stem = _RESERVED.sub("_", " ".join(shown.split())).strip(" .")
    known = re.fullmatch(r"(.+)\.[A-Za-z0-9]{1,5}", stem)
    stem = (known[1] if known else stem).strip(" .") or "文件"
    if _DEVICES.match(stem):
        stem = "_" + stem
    room = LONGEST_BYTES - len(extension) - 1
    while len(stem.encode()) > room:
        stem = stem[:-1]
    return f"{stem.rstrip(' .')}.{extension}"
