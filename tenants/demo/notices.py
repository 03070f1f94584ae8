"""A few notices of the demonstration's county, and its reminders of the day."""

from datetime import timedelta

from sqlalchemy import select

from core import clock
from core.audit.actions import Origin, acting
from core.database.read import rows, scalar
from core.identity.models import Account
from core.notices.actions.notices import pass_on, publish
from core.notices.actions.remind import remind
from core.notices.audience import Audience
from core.notices.models import Notice
from core.notices.queries import receipts
from core.organization.models import Unit

_ROOT = select(Unit.id, Unit.path, Unit.path_end).where(Unit.parent_id.is_(None))
_TOWNS = select(Unit.id, Unit.path).where(Unit.type == "committee", Unit.depth == 1).order_by(Unit.path).limit(6)
_OFFICER = select(Account.id, Account.display_name).where(Account.login == "officer")
_ANY = select(Notice.id).limit(1)

_THEME_DAY = """各党支部：
本月主题党日以“学习身边先进典型”为主题，请在本月内组织开展。
一、集中学习不少于一小时，由支部书记领学。
二、组织一次志愿服务，行动不便的老党员可以送学上门。
三、活动结束后三个工作日内登记考勤和活动情况。"""
_REELECTION = """各乡镇党委：
部分村（社区）党组织任期即将届满。请逐一核对届满时间，提前六个月启动换届准备，按期报批。
已经逾期的，请书面说明原因和计划完成时间。"""
_VISIT = """各党委组织员：
请在年底前完成对年老、患病、生活困难党员的走访，重点了解他们的身体状况和实际困难。"""


def load_notices() -> None:
    """Publish what the demonstration has not got yet, and make the day's reminders."""
    today = clock.today()
    (root, path, path_end), officer = rows(_ROOT)[0], rows(_OFFICER)
    if scalar(_ANY) is None and officer:
        everywhere = ((path, path_end),)
        towns = rows(_TOWNS)
        with acting(Origin(officer[0][0], officer[0][1])):
            publish(
                unit_id=root, title="关于开展本月主题党日的通知", body=_THEME_DAY, allowed=everywhere, as_of=today,
                audience=Audience(units=(root,), who="both"), read_by=today + timedelta(days=10),
            )  # fmt: skip
            publish(
                unit_id=root, title="关于做好年底走访老党员、困难党员的通知", body=_VISIT, allowed=everywhere, as_of=today,
                audience=Audience(units=(root,), who="officers"), level="important",
            )  # fmt: skip
            steps = publish(
                unit_id=root, title="关于做好村（社区）党组织换届准备工作的通知", body=_REELECTION, allowed=everywhere,
                as_of=today, audience=Audience(units=tuple(one[0] for one in towns)), mode="steps", level="important",
                read_by=today + timedelta(days=14),
            )  # fmt: skip
        with acting(Origin(actor="演示数据")):
            for step in receipts.steps(steps, everywhere)[1:3]:
                pass_on(step_id=step.id, note="已在党委会上传达。", everybody=True, as_of=today)
    remind(as_of=today)
