"""The twenty-five steps, who takes each, on which article it rests, and which act completes it."""

from collections.abc import Mapping

from plugins.development.flow.kinds import Actor, StepInfo
from plugins.development.rules import crossing

_MORE: Mapping[int, tuple[Actor, int, str]] = {
    1: ("person", 5, "application"), 2: ("branch", 7, "talk"), 3: ("branch", 8, "activist_meeting"),
    4: ("committee", 8, "filing_reply"), 5: ("branch", 9, "contacts"), 6: ("branch", 11, "half_year_review"),
    7: ("branch", 13, "object_meeting"), 8: ("committee", 13, "notice_result"), 9: ("branch", 14, "sponsors"),
    10: ("branch", 16, "political_review"), 11: ("committee", 17, "course"), 12: ("branch", 18, "branch_review"),
    13: ("committee", 18, "prereview"), 14: ("person", 18, "form_filled"), 15: ("branch", 19, "branch_meeting"),
    16: ("committee", 23, "interview"), 17: ("committee", 24, "approval"), 18: ("committee", 25, "filing_up"),
    19: ("branch", 28, "assignment"), 20: ("branch", 29, "oath"), 21: ("branch", 30, "probation_review"),
    22: ("person", 32, "conversion_letter"), 23: ("branch", 32, "conversion_meeting"),
    24: ("committee", 33, "conversion_approval"), 25: ("branch", 36, "archive_list"),
}  # fmt: skip
STEPS: tuple[StepInfo, ...] = tuple(
    StepInfo(number=number, title=title, stage=stage, actor=_MORE[number][0], article=_MORE[number][1], closing=_MORE[number][2])
    for number, title, stage in crossing.STEPS
)  # fmt: skip
STAGES: Mapping[int, str] = crossing.STAGES
