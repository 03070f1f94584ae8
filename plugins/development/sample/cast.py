"""Who is in the sample: how long ago they applied, and what is particular about their way. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

#: Who has an account in the demonstration, and hands in letters.
APPLICANT = "许建民"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(frozen=True, slots=True)
class Role:
    """One sample case.

    :param name, sex, born: of the person. :param ago: days since the application.
    :param without: kinds that were not recorded. :param until: the kind before which the ordinary way ends.
    :param then: further acts: kind, days after the application, facts.
    :param traits, source, post, education: base data.
    :param about: whom of the roster it is about, of a case that goes beyond the approval: ``probationary``, ``due`` (the
        probation is over), ``formal``; ``gone``: somebody who is not there any more.
    :param at: number of the branch, where it matters. :param votes: kind → how it was voted on (:mod:`voting`).
    :param notice: ``running`` or ``done``: the notice of step 8 hangs on the platform.
    :param migrant: trained by two branches. :param moved: came from another branch during probation.
    """

    name: str
    sex: str
    born: int
    ago: int
    without: Sequence[str] = ()
    until: str = ""
    then: Sequence[tuple[str, int, Mapping[str, Any]]] = ()
    traits: Sequence[str] = ()
    source: str = "other"
    post: str = "农民"
    education: str = "60"
    about: str = ""
    at: int | None = None
    votes: Mapping[str, str] = field(default_factory=dict)
    notice: str = ""
    migrant: bool = False
    moved: bool = False


#: From the newest applicant to a dossier that is archived, and every side way.
CAST: tuple[Role, ...] = (
    Role("林晓峰", "1", 2003, 4, traits=("farmer",), source="returned_youth"),
    Role("陈雨婷", "2", 2001, 22, traits=("front_line",), source="nonpublic", post="工人", education="30"),
    Role("吴志远", "1", 1996, 44, without=("talk",), source="veteran"),
    Role("黄丽华", "2", 1994, 90, traits=("technical",), source="science", post="技术员", education="20"),
    Role("郑国栋", "1", 1990, 160, source="rich", traits=("farmer", "key_post")),
    Role("周文静", "2", 1999, 250, without=("half_year_review",), source="village_officer"),
    Role(APPLICANT, "1", 1988, 330, source="returned_migrant", at=0),
    Role("何秋月", "2", 1997, 413, traits=("intellectual",), source="teacher", post="教师", education="20", at=0,
         then=(("poll_result", 413, {}),), votes={"poll_result": "running"}),
    Role("蔡东升", "1", 1993, 419, source="nonpublic", traits=("worker", "front_line"), post="工人", education="40"),
    Role("彭小燕", "2", 1998, 424, source="other"),
    Role("罗振华", "1", 1992, 431, source="veteran", traits=("front_line",), votes={"poll_result": "pass"}, notice="running"),
    Role("谢美玲", "2", 1995, 455, source="science", post="技术员", education="30", traits=("technical",)),
    Role("邓永强", "1", 1991, 485, source="rich", notice="done"),
    Role("曹雅琴", "2", 1996, 500, source="teacher", post="教师", education="20", traits=("intellectual",)),
    Role("冯立军", "1", 1989, 525, source="village_officer", at=0, until="branch_meeting",
         then=(("branch_meeting", 525, {}),), votes={"branch_meeting": "running"}),
    Role("曾晓梅", "2", 1994, 530, source="nonpublic", traits=("new_field",), education="30", votes={"branch_meeting": "phone"}),
    Role("肖志刚", "1", 1990, 541, source="veteran", votes={"branch_meeting": "paper"}),
    Role("任建业", "1", 1989, 930, about="due", until="conversion_meeting",
         then=(("conversion_meeting", 891, {"decision": "extend", "months": 6, "breach": "light"}),
               ("extension", 894, {"months": 6, "number": "延期〔31〕号", "note": "组织观念不强。"}),)),
    Role("董春兰", "2", 1993, 620, about="probationary", source="other", traits=("farmer",)),
    Role("袁海涛", "1", 1987, 760, about="probationary", without=("oath",), until="conversion_letter", source="returned_migrant"),
    Role("苏婉清", "2", 1995, 872, about="probationary", source="teacher", traits=("intellectual",)),
    Role("魏鹏程", "1", 1992, 900, about="due", until="conversion_approval", source="nonpublic", traits=("new_field",)),
    Role("蒋惠芳", "2", 1990, 960, about="formal", source="science"),
    Role("余大海", "1", 1985, 130, then=(("withdraw", 80, {"why": "到外省定居，本人提出撤回。"}),), until="thought_report"),
    Role("杜春生", "1", 1986, 330, until="training",
         then=(("remove_from_pool", 300, {"why": "长期不参加活动，经教育没有改正。", "number": "清委〔2026〕12号"}),)),
    Role("程佳佳", "2", 1999, 320, until="training",
         then=(("suspend", 290, {"why": "外出学习，六个月以上没有联系。", "silent": True}),)),
    Role("潘立新", "1", 1991, 450, until="object_meeting",
         then=(("defer", 421, {"why": "民意测评未达标，继续培养。"}),), votes={"poll_result": "defer"}),
    Role("田雪梅", "2", 1993, 560, until="approval",
         then=(("approval", 552, {"result": "not_approved", "size": 7, "present": 7, "in_favour": 2, "collective": True,
                                  "one_by_one": True, "note": "条件尚不成熟，继续培养。"}),)),
    Role("贺金山", "1", 1988, 930, about="due", moved=True, until="conversion_meeting",
         then=(("postponement", 891, {"until": 1000, "why": "转入不久，需要进一步了解。"}),)),
    Role("石建平", "1", 1984, 1150, about="gone", until="conversion_meeting",
         then=(("conversion_meeting", 898, {"decision": "cancel", "breach": "duties"}),
               ("cancellation", 912, {"number": "取消〔7〕号", "note": "长期不参加组织生活，不履行党员义务。"}),)),
    Role("侯远航", "1", 1993, 500, source="returned_migrant", traits=("worker", "front_line"), post="工人", migrant=True, at=1),
    Role("秦月娥", "2", 1996, 300, source="nonpublic", traits=("new_field",), post="工人", education="40", migrant=True, at=0),
)  # fmt: skip


def identity_number(role: Role, place: int) -> tuple[str, date]:
    """A sound identity number of nobody, and the day of birth it tells.

    :param place: of the role in the cast.
    """
    born = date(role.born, place % 12 + 1, place % 27 + 1)
    digits = f"350525{born:%Y%m%d}{(place * 2 + 700 + (role.sex == '1')) % 1000:03}"
    return digits + "10X98765432"[
        sum(int(one) * weight for one, weight in zip(digits, _WEIGHTS, strict=True)) % 11
    ], born
