"""The one blueprint of the pages and the one of the API, shared by all modules of the plugin."""

from flask_babel import lazy_gettext as _l

from core.sdk import Api, Pages

pages = Pages("plugins.development")
verbs = Api("plugins.development", title=_l("发展党员"))
