"""Who may close months."""

from core.sdk import COMMITTEE, Permission

#: Close a month's figures for the whole tenant; asked for at its root.
FREEZE = "development.report.freeze"

PERMISSIONS = (Permission(name=FREEZE, title="发展党员月报定稿", roles=COMMITTEE),)
