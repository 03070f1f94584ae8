"""Who may do what; the manifest names the same permissions."""

from core.sdk import BRANCH_OFFICERS, COMMITTEE, READERS, Permission, Role

VIEW = "venue.room.view"
EDIT = "venue.room.edit"
BOOK = "venue.booking.make"
PERMISSIONS = (
    Permission(name=VIEW, title="查看活动阵地及其预订", roles=(*READERS, *BRANCH_OFFICERS)),
    Permission(name=EDIT, title="登记活动阵地", roles=COMMITTEE),
    Permission(name=BOOK, title="预订活动阵地、归还钥匙", roles=BRANCH_OFFICERS),
)
KEEPER = Role(code="venue.keeper", title="场地管理员", about="登记场地，代各支部预订。", permissions=(VIEW, EDIT, BOOK))
