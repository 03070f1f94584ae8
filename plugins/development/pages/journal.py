"""The full-process record 全程纪实: twenty-five rows, every act in order, and whether the chain holds."""

from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from markupsafe import Markup

from core.sdk import render, requires
from plugins.development.cases.acts import standing
from plugins.development.cases.chain import breaks
from plugins.development.flow import KINDS, STEPS
from plugins.development.models.case import Act
from plugins.development.pages import parts
from plugins.development.pages.course import ActView, act_view
from plugins.development.pages.doing import loaded
from plugins.development.pages.loading import Loaded
from plugins.development.permissions import VIEW
from plugins.development.site import pages


@pages.get("/cases/<uuid:case_id>/record")
@requires(VIEW)
def journal(case_id: UUID) -> str:
    """Everything that was done, by whom and when; nothing of it can be changed."""
    held = loaded(case_id)
    return render(
        "development/journal.html", case=held.case, held=held, rows=_rows(held), events=_events(held),
        broken=breaks(held.case, held.acts), count=len(held.acts), prints=parts.prints(held),
    )  # fmt: skip


def _views(held: Loaded) -> dict[int, list[ActView]]:
    stand = {one.id for one in standing(held.acts)}
    found: dict[int, list[ActView]] = {}
    for act in sorted(held.acts, key=lambda one: (one.act_on, one.seq)):
        if act.id in stand:
            found.setdefault(act.step, []).append(act_view(act, held.links, sees=held.sees))
    return found


def _rows(held: Loaded) -> list[list[Any]]:
    """A row for each of the twenty-five steps."""
    views = _views(held)
    made = []
    for info in STEPS:
        acts = views.get(info.number, [])
        said = [Markup('<a href="{}">{}</a> {}').format(one.url, one.title, one.brief) for one in acts]
        flags = [
            f"{flag.message}{_('说明：%(reason)s', reason=flag.reason) if flag.reason else ''}"
            for one in acts
            for flag in one.flags
        ]
        made.append(
            [
                f"{info.number}．{_(info.title)}", held.history.done.get(info.number),
                "、".join(dict.fromkeys(one.actor for one in acts)), Markup("<br>").join(said), Markup("<br>").join(flags),
            ]
        )  # fmt: skip
    return made


def _events(held: Loaded) -> list[dict[str, Any]]:
    """Every act in the order in which it was recorded, the latest first."""
    return [_event(one, held) for one in sorted(held.acts, key=lambda act: act.seq, reverse=True)]


def _event(act: Act, held: Loaded) -> dict[str, Any]:
    view = act_view(act, held.links, sees=held.sees)
    word = _("（作废）") if act.voids else _("（更正）") if act.corrects_id else ""
    said = [_("办理日期 %(day)s", day=act.act_on), view.brief, act.reason and _("说明：%(reason)s", reason=act.reason)]
    return {
        "date": act.recorded_at.date(), "who": act.actor_name, "url": view.url,
        "title": f"{act.seq}. {KINDS[act.kind].title}{word}", "text": "；".join(str(one) for one in said if one),
        "tone": "warn" if view.flags else "plain" if act.voids else "ok",
    }  # fmt: skip
