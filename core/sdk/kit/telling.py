"""What an author is told of something their plugin raised: what it was, and where in their own files."""

import traceback
from pathlib import Path

from core.extension.discovery import Found


def told(error: BaseException, found: Found, *, whole: bool = False) -> str:
    """What was raised, with the innermost line of the plugin's own on the way there (else the innermost of all).

    :param whole: the message as it is; otherwise of a refusal of the database only what the database said.
    """
    frames = traceback.extract_tb(error.__traceback__)
    own = [one for one in frames if found.folder and Path(one.filename).is_relative_to(found.folder)]
    said = str(error) if whole else (str(getattr(error, "orig", None) or error).splitlines() or [""])[0]
    where = [f"{Path(one.filename).name}:{one.lineno}" for one in (own or frames)[-1:]]
    return f"{type(error).__name__}: {said}" + "".join(f" ({one})" for one in where)
