"""The one blueprint of the pages and the one of the API, shared by all modules of the plugin, and what a tenant can set."""

from flask_babel import lazy_gettext as _l

from core.sdk import Api, Pages, Setting, setting

pages = Pages("plugins.care")
verbs = Api("plugins.care", title=_l("关怀帮扶"))
_LONGEST = 60

SETTINGS = (
    Setting(
        key="hotline",
        title="关怀联系电话",
        default="",
        help="显示在“报告事项”和“我的走访”上，如“县委组织部 0591-12345678”。留空则不显示。",
        check=lambda text: f"须不超过{_LONGEST}字。" if len(text) > _LONGEST else None,
    ),
)


def hotline() -> str:
    """Whom to call when it cannot wait; empty where the tenant has named nobody."""
    return str(setting("care", "hotline") or "")
