"""Where a unit stands in the tree, as text: labels from the root down, each closed by a dot.

A subtree is a range of such texts, ``path <= x < path_end``: plain comparisons are leakproof, so the range uses its
index under row security, where LIKE and ltree cannot (reliability C2, C4). Pure.
"""

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_WIDTH = 4


def label(ordinal: int) -> str:
    """The label of the tenant's n-th unit: four base-36 digits, so that labels sort as their ordinals do.

    :raises ValueError: beyond 1,679,615.
    """
    digits = ""
    rest = ordinal
    for _ in range(_WIDTH):
        rest, digit = divmod(rest, 36)
        digits = _DIGITS[digit] + digits
    if rest or ordinal < 0:
        raise ValueError(f"unit ordinal {ordinal} does not fit a path label")
    return digits


def path_of(parent: str, ordinal: int) -> tuple[str, str]:
    """The path and path_end of a unit under a parent's path (``""`` for the root)."""
    path = f"{parent}{label(ordinal)}."
    return path, end_of(path)


def end_of(path: str) -> str:
    """The first text behind a path's subtree: its last dot (0x2E) raised to a slash (0x2F)."""
    return path[:-1] + "/"
