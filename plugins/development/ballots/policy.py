"""Rule values of ballots and notices: how small a number may be before it would tell of somebody."""

from dataclasses import dataclass
from datetime import date

from core.sdk import Direction, PolicyKey, Tag
from core.sdk.policy import policy_values

SMALL = PolicyKey(
    "development.ballot.small", 5, "人", Direction.MIN, "无记名投票", Tag.DESIGN,
    "用手机投票至少几人；少于这个数的票数不对外显示", lowest=3,
)  # fmt: skip
PAPERS = PolicyKey(
    "development.ballot.papers", 3, "人", Direction.MIN, "无记名投票", Tag.DESIGN, "手机与纸质票并用时，用纸质票的至少几人",
    lowest=2,
)  # fmt: skip
STAGES = PolicyKey(
    "development.notice.stages", "", "", Direction.FREE, "本地做法", Tag.DESIGN,
    "除确定发展对象外还要公示的环节：积极分子、接收、转正，用顿号隔开",
)  # fmt: skip
KEYS = (SMALL, PAPERS, STAGES)
_STAGES = {"积极分子": "activist", "接收": "acceptance", "转正": "conversion"}


@dataclass(frozen=True, slots=True)
class Least:
    """The numbers in force at a unit. :param small: of phones, and of what is shown. :param papers: beside phones."""

    small: int
    papers: int


def least(*, as_of: date, unit_path: str | None = None) -> Least:
    """The rule values of a day at a unit."""
    found = policy_values(SMALL, PAPERS, as_of=as_of, unit_path=unit_path)
    return Least(int(found[SMALL.key]), int(found[PAPERS.key]))


def extra_stages(*, as_of: date, unit_path: str | None = None) -> tuple[str, ...]:
    """The stages besides step 8 at which a unit hangs notices."""
    text = str(policy_values(STAGES, as_of=as_of, unit_path=unit_path)[STAGES.key])
    return tuple(code for title, code in _STAGES.items() if title in text)
