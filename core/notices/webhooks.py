"""The tenant's administrators are told when an address of theirs was given up."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from core import clock
from core.access.models import Grant
from core.access.roles import ADMIN
from core.database import db
from core.events.registry import Event, subscribe
from core.notices.actions import notify
from core.notices.kinds import declare_kind

FAILED = declare_kind(
    "webhook", _l("事件推送停用"), about=_l("推送地址一直没有送达，已被平台停用"), default="once", obligatory=True
)


@subscribe("webhook.disabled", key="notices.webhook_disabled")
def tell_administrators(event: Event) -> None:
    """One message to everybody who administers the tenant today."""
    today = clock.today()
    holding = select(Grant.account_id).where(
        Grant.role == ADMIN, Grant.valid_from <= today, (Grant.valid_to.is_(None)) | (Grant.valid_to > today)
    )
    notify(
        kind=FAILED,
        to=set(db.session().scalars(holding)),
        key=f"webhook-disabled:{event.id}",
        title=f"推送地址“{event.data['title']}”已停用",
        text="一直没有送达，或者对方表示不再接收。请核对接收系统后重新开始推送。",
        link={"endpoint": "webhooks.one", "values": {"endpoint_id": str(event.subject_id)}},
    )
