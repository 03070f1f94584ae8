"""Who acts in the sample: the demonstration's own accounts where they are, and people without one elsewhere."""

from core.sdk import Origin, holders_at

#: What is done by nobody in particular.
NOBODY = Origin(actor="演示数据")


def officer(path: str, depth: int) -> Origin:
    """The organisation officer of that depth over a place."""
    return _holder(path, "committee_officer", depth)


def secretary(path: str) -> Origin:
    """The secretary of a branch."""
    return _holder(path, "branch_secretary")


def _holder(path: str, role: str, depth: int | None = None) -> Origin:
    found = [one for one in holders_at(path) if role in one.roles and depth in (None, one.depth)]
    return Origin(actor_id=found[0].account_id, actor=found[0].name) if found else NOBODY


def named(name: str, as_what: str) -> Origin:
    """Somebody without an account, such as a counter."""
    return Origin(actor=f"{name}（{as_what}）")
