"""Pairs and their three guarantees: 包技术提供, 包项目上马, 包脱贫致富 (R6.13)."""

from collections.abc import Collection
from datetime import date

from plugins.care.rules.findings import Said, Severity

PACKAGES = {"skill": "包技术提供", "project": "包项目上马", "income": "包脱贫致富"}
STATES = {"planned": "拟结对", "signed": "已签协议", "running": "帮扶中", "achieved": "已见效", "ended": "已结束"}
NEXT = {
    "planned": {"signed", "ended"},
    "signed": {"running", "ended"},
    "running": {"achieved", "ended"},
    "achieved": {"ended"},
    "ended": set[str](),
}


def pairing_rulings(
    *, helper_pairs: int, helped_has_same: bool, plans: Collection[str], kinds: Collection[str], most: int = 3
) -> list[Said]:
    """Whether a pair may be made.

    :param helper_pairs: active pairs of the helper so far. :param helped_has_same: the helped has an active one of the kind.
    :param plans: packages with a plan. :param kinds: packages the pair is for.
    """
    found = []
    if helped_has_same:
        found.append(Said("R6.13", Severity.BLOCK, "该党员已有同类的结对帮扶。", "请先结束原结对。", "E_DUP", "helped"))
    if helper_pairs >= most:
        message = f"帮扶人已结对{helper_pairs}户，一般不超过{most}户。"
        found.append(Said("R6.13", Severity.WARN, message, "请换一名帮扶人，或写明理由。", field="helper"))
    missing = [title for key, title in PACKAGES.items() if key in kinds and key not in plans]
    if missing:
        found.append(
            Said(
                "R6.13",
                Severity.BLOCK,
                f"{'、'.join(missing)}没有计划。",
                "请逐项填写计划和目标。",
                "E_REQUIRED",
                "plans",
            )
        )
    return found


def progress_due(last: date | None, signed: date, as_of: date, *, days: int = 92) -> list[Said]:
    """Progress is noted every quarter."""
    since = last or signed
    if (as_of - since).days <= days:
        return []
    return [
        Said(
            "R6.13", Severity.WARN, f"每季度应登记帮扶进展，上次是{since:%Y-%m-%d}。", "请登记进展。", field="progress"
        )
    ]
