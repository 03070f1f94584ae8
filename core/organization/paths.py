"""Paths of the tree: labels from the root down, each closed by a dot. Pure.

A subtree is the range ``path <= x < path_end`` of byte-wise text: the only shape that uses an index under row security
(docs/decisions/0003-subtree-reads.md). Labels are ordinals in base 36, so siblings sort in the order they were made.
"""

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_WIDTH = 4
#: Units a tenant can number.
MOST = len(_DIGITS) ** _WIDTH


def label(ordinal: int) -> str:
    """The label of a tenant's ``ordinal``-th unit (0 is the root), four characters wide.

    :raises ValueError: beyond what four characters number.
    """
    if not 0 <= ordinal < MOST:
        raise ValueError(f"unit ordinal {ordinal} is not between 0 and {MOST - 1}")
    signs = []
    for _ in range(_WIDTH):
        ordinal, digit = divmod(ordinal, len(_DIGITS))
        signs.append(_DIGITS[digit])
    return "".join(reversed(signs))


def below(parent_path: str, own: str) -> str:
    """The path of the unit labelled ``own`` under ``parent_path`` (empty for a root)."""
    return f"{parent_path}{own}."


def end(path: str) -> str:
    """The first text behind the subtree of ``path``: its last dot raised by one."""
    return path[:-1] + "/"


def path_of(parent: str, ordinal: int) -> tuple[str, str]:
    """The path and path_end of the ``ordinal``-th unit under a parent's path (``""`` for the root)."""
    path = below(parent, label(ordinal))
    return path, end(path)


def depth(path: str) -> int:
    """How many units stand above: 0 for a root."""
    return path.count(".") - 1


def label_of(path: str) -> str:
    """The last label of a path: the unit's own."""
    return path[:-1].rpartition(".")[2]


def above(path: str) -> tuple[str, ...]:
    """The paths of all units above, from the root down."""
    ends = [i + 1 for i, sign in enumerate(path) if sign == "."]
    return tuple(path[:stop] for stop in ends[:-1])
