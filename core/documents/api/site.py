"""What the verbs of documents share."""

from flask_babel import lazy_gettext as _l

from core.api.verbs import Verbs

bp = Verbs("documents_api", "core.documents.api", title=_l("打印与档案"))
