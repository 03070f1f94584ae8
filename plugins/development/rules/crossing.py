"""X1 to X6: what holds for every step: order of dates, nothing in the future, nothing before birth."""

from collections.abc import Mapping, Sequence
from datetime import date

from plugins.development.rules.outcomes import Outcome, Ruling

#: The twenty-five steps, in order, with the stage each belongs to.
STEPS: tuple[tuple[int, str, int], ...] = (
    (1, "递交入党申请书", 1),
    (2, "党组织派人谈话", 1),
    (3, "推荐和确定入党积极分子", 2),
    (4, "上级党委备案", 2),
    (5, "指定培养联系人", 2),
    (6, "培养教育考察", 2),
    (7, "确定发展对象", 3),
    (8, "报上级党委同意并公示", 3),
    (9, "确定入党介绍人", 3),
    (10, "进行政治审查", 3),
    (11, "开展集中培训", 3),
    (12, "支部委员会审查", 4),
    (13, "上级党委预审", 4),
    (14, "填写入党志愿书", 4),
    (15, "支部大会讨论", 4),
    (16, "上级党委派人谈话", 4),
    (17, "上级党委审批", 4),
    (18, "再上一级党委组织部门备案", 4),
    (19, "编入党支部和党小组", 5),
    (20, "入党宣誓", 5),
    (21, "继续教育考察", 5),
    (22, "提出转正申请", 5),
    (23, "支部大会讨论转正", 5),
    (24, "上级党委审批转正", 5),
    (25, "材料归档", 5),
)
TITLES = {number: title for number, title, _ in STEPS}
STAGES = {
    1: "申请入党",
    2: "入党积极分子的确定和培养教育",
    3: "发展对象的确定和考察",
    4: "预备党员的接收",
    5: "预备党员的教育考察和转正",
}
#: Steps a step waits for. 9, 10 and 11 go side by side; 20 and 21 too; 6 and 21 last while others are done.
NEEDS: Mapping[int, Sequence[int]] = {
    1: (), 2: (1,), 3: (2,), 4: (3,), 5: (3,), 6: (5,), 7: (4, 6), 8: (7,), 9: (8,), 10: (8,), 11: (8,),
    12: (9, 10, 11), 13: (12,), 14: (13,), 15: (14,), 16: (15,), 17: (16,), 18: (17,), 19: (17,), 20: (17,), 21: (19,),
    22: (20,), 23: (21, 22), 24: (23,), 25: (24,),
}  # fmt: skip
#: No steps.
NONE: Mapping[int, date] = {}


def leapt(done: Mapping[int, date]) -> frozenset[int]:
    """Steps that are not done though a later one that rests on them is: gaps of an old record, not what comes next."""
    behind: set[int] = set()
    ahead = list(done)
    while ahead:
        fresh = set(NEEDS[ahead.pop()]) - behind
        behind |= fresh
        ahead += fresh
    return frozenset(behind - done.keys())


def order_rulings(
    step: int, day: date, done: Mapping[int, date], *, as_of: date, born: date | None = None, later: Mapping[int, date] = NONE
) -> list[Ruling]:  # fmt: skip
    """X1: no step before what it waits for, none in the future, none before birth.

    :param done: the days of the steps that are done. :param later: days of steps that were done afterwards.
    """
    found = []
    if day > as_of:
        found.append(
            Ruling("X1", Outcome.BLOCK, f"日期{day:%Y-%m-%d}在将来。", "", "请填实际发生的日期。", field="date")
        )
    if born is not None and day < born:
        found.append(Ruling("X1", Outcome.BLOCK, f"日期{day:%Y-%m-%d}早于出生日期。", "", "请核对日期。", field="date"))
    for needed in NEEDS[step]:
        found += wait_rulings(needed, day, done.get(needed) or later.get(needed))
    return found


def wait_rulings(needed: int, day: date, since: date | None) -> list[Ruling]:
    """X1: what stands against something of a day that waits for a step.

    :param since: the day on which the step was done, if it was at all.
    """
    if since is None:
        message = f"第{needed}步“{TITLES[needed]}”还没有完成。"
        return [Ruling("X1", Outcome.BLOCK, message, "二十五步流程", "请先完成上一步。", field="step")]
    if day < since:
        message = f"日期{day:%Y-%m-%d}早于第{needed}步“{TITLES[needed]}”的{since:%Y-%m-%d}。"
        return [Ruling("X1", Outcome.BLOCK, message, "二十五步流程", "请核对日期。", since, "date")]
    return []


def disorder(done: Mapping[int, date]) -> list[tuple[int, int]]:
    """Pairs of done steps whose days contradict their order: (earlier step, later step)."""
    return [
        (needed, step)
        for step, day in sorted(done.items())
        for needed in NEEDS[step]
        if needed in done and day < done[needed]
    ]


def next_steps(done: Mapping[int, date]) -> tuple[int, ...]:
    """The steps that can be taken now."""
    return tuple(number for number, _, _ in STEPS if number not in done and all(need in done for need in NEEDS[number]))
