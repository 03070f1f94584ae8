"""Who does an act: the organisation it is for, whose right is asked for, and the words for everybody else.

A case that somebody may see is no secret to them: they are told who records what they may not (403 with words). A case they
may not see stays unknown (404).
"""

from flask_babel import gettext as _

from core.sdk import PERMISSIONS, Refused, may, need_at, roles_with
from plugins.development.cases.around import Place
from plugins.development.cases.saying import block
from plugins.development.flow.kinds import Kind
from plugins.development.flow.words import ACTORS


class Barred(Refused):
    """The act is for others to record. :param sentence: who, in plain words."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__([block("AC.01", "", sentence, "E_SCOPE")])


def usual(kind: Kind, place: Place, origin: Place | None = None) -> Place:
    """The organisation that usually does an act of a kind.

    :param place: where the case is handled. :param origin: the branch at a migrant's place of origin.
    """
    if kind.code == "cosign" and origin is not None:
        return origin
    if kind.actor == "committee":
        return place.approver or (place.above[-1] if place.above else place)
    if kind.actor == "general":
        return place.general or place
    return place.above[-1] if kind.actor == "county" and place.above else place


def asked_at(kind: Kind, place: Place, doer: Place) -> Place:
    """Where the right is asked for: at the organisation that acts; the county's reaches down to the case's own branch."""
    return place if kind.actor == "county" else doer


def said(kind: Kind, place: Place, doer: Place) -> str:
    """Who records an act of a kind: organisation, role and right, for somebody who may not."""
    whose = str(ACTORS["county"]) if kind.actor == "county" and doer is not place else doer.name
    return sentence(str(kind.title), whose, kind.who)


def sentence(what: str, whose: str, permission: str) -> str:
    """What is for others to do, in plain words."""
    right = str(PERMISSIONS[permission].title)
    roles = "、".join(roles_with(permission)) or str(_("单位管理员"))
    return str(
        _("“%(what)s”由%(whose)s办理，须有“%(right)s”的权限（%(roles)s）。您的账号没有这项权限，请联系%(whose)s。",
          what=what, whose=whose, right=right, roles=roles)
    )  # fmt: skip


def require(kind: Kind, place: Place, doer: Place) -> None:
    """Refuse who may not record an act of a kind, saying who may. :raises Barred: see there."""
    where = asked_at(kind, place, doer)
    if not may(kind.who, where.path):
        raise Barred(said(kind, place, doer))
    need_at(kind.who, where.path, what=where.name)
