"""Members of before 1949 who died lately: on the roster's books, no longer among those it counts.

The county's workbook has nobody so old; what is kept about the old members, such as their subsidies, would be empty.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import bindparam, select

from core import clock
from core.calendar_arithmetic import add_months
from core.database import transaction
from core.database.read import rows, scalar
from core.organization.models import Unit
from core.people.actions.members import create
from core.people.actions.standing import Decision, change_standing
from core.people.models import Person
from core.people.rules import Death
from core.people.schemas import read
from tenants.demo.names import id_number

_EVERYWHERE = (("", "~"),)
_FOUNDING = date(1949, 10, 1)
_ANY = select(Person.id).where(Person.join_date < _FOUNDING).limit(1)
_BRANCHES = select(Unit.id).where(Unit.type == "branch").order_by(Unit.path).limit(bindparam("most"))


@dataclass(frozen=True, slots=True)
class _Elder:
    name: str
    sex: str
    birth: date
    joined: date
    #: days since the death, which is never before this month when there are none
    ago: int
    phone: str


_ELDERS = (
    _Elder("林玉莲", "女", date(1924, 8, 9), date(1944, 11, 2), 95, "19900100001"),
    _Elder("郑金土", "男", date(1926, 3, 12), date(1946, 5, 20), 0, "19900100002"),
    _Elder("陈水生", "男", date(1928, 1, 25), date(1948, 12, 15), 40, "19900100003"),
)


def load_elders() -> None:
    """Put them on record in the first branches and note their deaths; nothing is done where there is one already."""
    if scalar(_ANY) is not None:
        return
    with transaction():
        for (branch,), elder in zip(rows(_BRANCHES, most=len(_ELDERS)), _ELDERS, strict=False):
            _record(str(branch), elder)


def _record(branch: str, elder: _Elder) -> None:
    today = clock.today()
    died = today - timedelta(days=elder.ago) if elder.ago else today.replace(day=1)
    order = int(elder.phone[-3:]) * 2 + (elder.sex == "男")
    values = {
        "name": elder.name, "sex": elder.sex, "ethnic": "汉族", "birth": elder.birth.isoformat(),
        "id_no": id_number(elder.birth, order, 0), "education": "小学", "person_type": "正式党员", "unit": branch,
        "join_date": elder.joined.isoformat(), "regular_date": add_months(elder.joined, 6).isoformat(),
        "post": "农牧渔民", "phone": elder.phone, "address": "清源县青岭乡老街",
    }  # fmt: skip
    made = create(reading=read(values), ranges=_EVERYWHERE, reason="按老党员档案补录。").id
    told = Death(died, "家属报告，村委会证明")
    change_standing(
        person=made, version=1, decision=Decision("died", "died", death=told), ranges=_EVERYWHERE, reason="老党员去世"
    )
