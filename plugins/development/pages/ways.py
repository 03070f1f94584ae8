"""Other ways to take a step than typing what came of it: a ballot or poll that the product counts, a notice it hangs."""

from typing import Any

from flask import current_app, url_for
from flask_babel import lazy_gettext as _l

from core.sdk import may
from plugins.development.ballots.permissions import KEEP, NOTICE_KEEP
from plugins.development.pages.course import Button
from plugins.development.pages.loading import Loaded

#: Step → (title, endpoint, its arguments, the permission it takes).
_WAYS: dict[int, tuple[tuple[Any, str, dict[str, Any], str], ...]] = {
    7: ((_l("组织民意测评"), "ballot_new", {"kind": "poll"}, KEEP),),
    8: ((_l("拟定公示"), "notice_new", {"stage": "object"}, NOTICE_KEEP),),
    15: ((_l("组织无记名票决"), "ballot_new", {"kind": "accept"}, KEEP),),
    17: ((_l("组织党委票决"), "ballot_new", {"kind": "approve"}, KEEP),),
    23: ((_l("组织无记名票决"), "ballot_new", {"kind": "convert"}, KEEP),),
    24: ((_l("组织党委票决"), "ballot_new", {"kind": "convert_approve"}, KEEP),),
}


def of_step(held: Loaded, number: int) -> list[Button]:
    """The other ways of a step that the viewer may take."""
    return [
        Button(title, url_for(f"p_development.{endpoint}", case_id=held.case.id, **given))
        for title, endpoint, given, permission in _WAYS.get(number, ())
        if f"p_development.{endpoint}" in current_app.view_functions and may(permission, held.path)
    ]
