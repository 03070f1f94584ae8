"""The one blueprint of the pages and the one of the API, shared by all modules of the plugin."""

from flask_babel import lazy_gettext as _l

from core.sdk import Api, Pages

pages = Pages("plugins.care")
verbs = Api("plugins.care", title=_l("关怀帮扶"))
