"""The course of a case as its page shows it: what is to be done now, what is done, what comes later, and what is wrong."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from plugins.development.cases.acts import Done, standing
from plugins.development.cases.counts import SOURCE
from plugins.development.cases.gates import Need, waiting
from plugins.development.cases.history import History
from plugins.development.flow import KINDS, OF_STEP, STEPS, Kind, StepInfo
from plugins.development.flow.words import ACTORS
from plugins.development.models.case import Act, Case
from plugins.development.pages.facts import brief
from plugins.development.pages.words import STAGES, due_said
from plugins.development.rules.outcomes import Outcome, Ruling
from plugins.development.rules.rulesets import ruleset

#: Kinds that are the person's own line; all others are the organisation's.
OWN = frozenset(
    {"application", "thought_report", "service", "self_statement", "form_filled", "conversion_letter", "probation_report"}
)  # fmt: skip
#: Kinds whose form mends what a rule says, by the beginning of the rule's id.
_MENDS = {
    "G1": "application", "G2": "talk", "G3.1": "recommendation", "G3.4": "recommendation", "G3": "activist_meeting",
    "G4": "filing_reply", "G5.2": "contact_change", "G5": "contacts", "G7.2": "half_year_review", "G7.3": "opinion",
    "G7.4": "opinion", "G7.5": "poll_result", "G7": "object_meeting", "G8.1": "consent", "G8.2": "notice",
    "G8.3": "notice", "G8.4": "objection_conclusion", "G8": "notice_result", "G9": "sponsors",
    "G10.3": "household_opinion", "G10.4": "department_opinion", "G10.5": "joint_review", "G10": "political_review",
    "G11": "course", "G12.1": "course", "G12.3": "political_review", "G12.6": "objection_conclusion",
    "G12.7": "inspection", "G12": "branch_review", "G13": "prereview", "G14": "form_issue", "G15": "branch_meeting",
    "G16": "interview", "G17.1": "deliberation", "G17": "approval", "G19": "assignment", "G20": "oath",
    "G21": "probation_review", "G22": "conversion_letter", "G23.3": "conversion_opinion", "G23.4": "oath",
    "G23.8": "poll_result", "G23": "conversion_meeting", "G24": "conversion_approval", "G25": "archive_list",
    "E18": "sponsor_change", "E25": "thought_report",
}  # fmt: skip
#: Rule → the kind of act that is recorded with one click, with what its form offers.
AT_ONCE = {"E25": "suspend"}
#: Rules that are judged by what the act itself says: before it is recorded nothing can be said of them.
_AT_FORM = frozenset(
    {
        "G1.2", "G1.3", "G1.4", "G5.1", "G5.3", "G9.1", "G9.2", "G9.3", "G10.1", "G10.2", "G11.1", "G12.4", "G12.5", "G12.8",
        "G13.2", "G15.2", "G15.3", "G15.4", "G15.5", "G15.7", "G16.1", "G17.2", "G17.4", "G25.1",
    }
)  # fmt: skip
#: Rule → those that are looked at only once it is met.
_AFTER = {"G8.1": ("G8.2", "G8.3", "G8.4", "G8.5"), "G8.2": ("G8.4", "G8.5")}
#: Kinds that concern migrants alone.
_MIGRANTS = frozenset({"cosign", "entrust_agreement", "host_report", "inspection"})
_TONES = {Outcome.FLAG: "warn", Outcome.WARN: "info"}


#: What lets a case go on that as a whole stands still, by the rule that says so.
_GO_ON = {"G8.4": "resume", "E25": "resume", "E2": "transfer_in"}


def mending(rule: str, said: Ruling | None = None) -> Kind | None:
    """The kind of act that mends what a rule says, if one does."""
    if said is not None and said.field == "state":
        return KINDS.get(_GO_ON.get(rule, ""))
    code = _MENDS.get(rule) or _MENDS.get(rule.partition(".")[0])
    return KINDS.get(code) if code else None


@dataclass(frozen=True, slots=True)
class Button:
    """A form that one may open."""

    title: Any
    url: str
    primary: bool = False


@dataclass(frozen=True, slots=True)
class Flag:
    """Something that stays in the register of irregularities, with what was written about it."""

    rule: str
    message: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ActView:
    """An act as a line of the page."""

    id: UUID
    seq: int
    kind: str
    title: Any
    on: date
    brief: str
    actor: str
    flags: Sequence[Flag] = ()
    corrected: bool = False
    voided: bool = False
    url: str = ""
    correct_url: str = ""


@dataclass(frozen=True, slots=True)
class NeedView:
    """Something a step needs, and where it is brought about."""

    text: str
    met: bool
    stops: bool = False
    note: str = ""
    url: str = ""
    link: Any = ""
    later: bool = False
    explained: bool = False
    kind: Kind | None = None

    @property
    def allows(self) -> bool:
        """Whether the step may be taken: met, judged with it, or passed over with a written reason."""
        return self.met or self.later or self.explained


@dataclass(frozen=True, slots=True)
class RulingView:
    """Something the rules say of the case, and the form that mends it."""

    rule: str
    message: str
    fix: str
    article: str
    tone: str
    word: Any
    earliest: date | None = None
    url: str = ""
    link: Any = ""
    #: where one click does what the rule asks for, and what the button says
    post: str = ""
    does: Any = ""


@dataclass(slots=True)
class StepView:
    """One of the twenty-five steps."""

    number: int
    title: str
    actor: str
    article: str = ""
    on: date | None = None
    by: str = ""
    due: date | None = None
    due_said: str = ""
    due_tone: str = ""
    earliest: date | None = None
    advice: str = ""
    needs: Sequence[NeedView] = ()
    forms: list[Button] = field(default_factory=list)
    own_forms: list[Button] = field(default_factory=list)
    acts: list[ActView] = field(default_factory=list)
    own_acts: list[ActView] = field(default_factory=list)
    flags: int = 0

    @property
    def two_lines(self) -> bool:
        """Whether both the person and the organisation have something to do in it."""
        return bool((self.own_forms or self.own_acts) and (self.forms or self.acts))

    @property
    def all_acts(self) -> list[ActView]:
        """Its acts of both lines in order."""
        return sorted((*self.own_acts, *self.acts), key=lambda one: (one.on, one.seq))


@dataclass(frozen=True, slots=True)
class Links:
    """How the page addresses forms and acts, and which the viewer may open.

    :param form: kind → address, ``""`` when the viewer may not. :param act, correct, mend: the same of an act.
    :param at_once: code of a kind → where one click records it.
    """

    form: Callable[[Kind], str]
    act: Callable[[UUID], str]
    correct: Callable[[Act], str]
    mend: Callable[[Done], str]
    at_once: Callable[[str], str] = lambda _code: ""


def _reason(rule: str, act: Act) -> str:
    given = next((one.get("reason", "") for one in act.overrides if one.get("rule") == rule), "")
    return str(given or act.reason)


def act_view(act: Act, links: Links, *, corrected: bool = False, sees: bool = True) -> ActView:
    """An act as a line. :param sees: whether the viewer may see facts of guarded kinds."""
    kind = KINDS[act.kind]
    facts = brief(kind, act.data) if sees or not kind.guarded else ""
    flags = [
        Flag(str(one["rule"]), str(one["message"]), _reason(str(one["rule"]), act))
        for one in act.rulings
        if one.get("outcome") != Outcome.WARN.value and (sees or not kind.guarded)
    ]
    return ActView(
        act.id, act.seq, act.kind, kind.title, act.act_on, facts, act.actor_name, flags, corrected, act.voids,
        links.act(act.id), links.correct(act),
    )  # fmt: skip


def _several(kind: Kind, held: Mapping[str, Any]) -> bool:
    return kind.several or kind.code not in held


def buttons(number: int, history: History, links: Links, *, own: bool, primary: str = "") -> list[Button]:
    """The forms of a step that one may open now, the one that completes it last and red."""
    found = []
    for kind in OF_STEP[number]:
        if kind.code in _MIGRANTS and not history.about.migrant:
            continue
        if not kind.made_by_hand or (kind.code in OWN) is not own or not _several(kind, history.facts):
            continue
        url = links.form(kind)
        if url:
            found.append(Button(kind.title, url, kind.code == primary))
    return sorted(found, key=lambda one: not one.primary)


def _step(info: StepInfo, on: date) -> StepView:
    return StepView(info.number, info.title, str(ACTORS[info.actor]), ruleset(on).article(info.article))


def need_views(found: Iterable[Need], links: Links, closing: str) -> list[NeedView]:
    """What a step needs; what can be judged only later says so."""
    listed = list(found)
    missing = {one.rule for one in listed if not one.met}
    waiting_for = {rule for first in missing for rule in _AFTER.get(first, ())}
    return [
        NeedView(one.title, met=False, later=True)
        if one.met and (_judged_then(one.rule, closing) or one.rule in waiting_for)
        else need_view(one, links, closing)
        for one in listed
    ]


def _judged_then(rule: str, closing: str) -> bool:
    kind = mending(rule)
    return rule in _AT_FORM and kind is not None and kind.code == closing


def need_view(need: Need, links: Links, closing: str) -> NeedView:
    """What a step needs, with the form that brings it about."""
    if need.met:
        return NeedView(need.title, met=True)
    said = need.ruling
    kind = None if need.rule.startswith("X1") else mending(need.rule, said)
    if kind is not None and kind.code == closing:
        kind = None  # it is this very step
    url = links.form(kind) if kind is not None else ""
    note = (
        ""
        if said is None
        else said.fix
        if said.message == need.title
        else " ".join(filter(None, (said.message, said.fix)))
    )
    link = _("去办：%(what)s", what=kind.title) if kind and url else ""
    stops = said is not None and said.outcome is Outcome.REFUSE
    explained = said is not None and not said.stops
    return NeedView(need.title, False, stops, note, url, link, explained=explained, kind=kind)


def ruling_view(one: Ruling, links: Links, act: Done | None = None, here: str = "") -> RulingView:
    """Something the rules say, with the form that mends it: the one it lacks, or the correction of the act it is about.

    :param here: the kind whose form is open, so that nothing leads to where one is.
    """
    kind = None if act and (one.rule == "G3.2" or one.article == SOURCE) else mending(one.rule, one)  # a vote: its own
    own = act.kind if act is not None else here
    url = links.form(kind) if kind is not None and own != kind.code else ""
    link = _("去办：%(what)s", what=kind.title) if kind and url else ""
    if not url and act is not None:
        url = links.mend(act)
        link = _("查看并更正：%(what)s", what=KINDS[act.kind].title) if url else ""
    tone = _TONES.get(one.outcome, "bad")
    word = {"bad": _("不符合"), "warn": _("须说明"), "info": _("提醒")}[tone]
    made = RulingView(one.rule, one.message, one.fix, one.article, tone, word, one.earliest, url, link)
    code = AT_ONCE.get(one.rule) if act is None and not here else None
    post = links.at_once(code) if code else ""
    return replace(made, post=post, does=KINDS[code].title) if code and post else made


@dataclass(slots=True)
class Steps:
    """The steps in their three parts, and the acts that belong to none."""

    now: list[StepView] = field(default_factory=list)
    done: list[StepView] = field(default_factory=list)
    #: not their turn (or never to be), but something was recorded already
    early: list[StepView] = field(default_factory=list)
    later: list[StepView] = field(default_factory=list)
    side_acts: list[ActView] = field(default_factory=list)


def steps(
    case: Case, acts: Sequence[Act], history: History, links: Links, *, today: date, earliest: Mapping[int, date | None],
    needs: Callable[[int], Iterable[Need]], due: Callable[[int], date | None], sees: bool,
) -> Steps:  # fmt: skip
    """The twenty-five steps of a case as of today."""
    found = Steps()
    views = _views(acts, links, sees=sees)
    found.side_acts = views.get(0, [])
    open_now = frozenset(waiting(history)) if case.closed_on is None else frozenset()
    for info in STEPS:
        one = _step(info, today)
        for act in views.get(info.number, ()):
            (one.own_acts if act.kind in OWN else one.acts).append(act)
        one.flags = sum(len(act.flags) for act in one.all_acts if not act.voided)
        if info.number in history.done:
            found.done.append(_finished(one, info, history, links))
        elif info.number in open_now:
            found.now.append(_present(one, info, history, links, today, earliest, needs, due))
        elif case.closed_on is None:
            first = earliest.get(info.number)
            one.earliest = first if first is not None and first > today else None
            (found.early if one.all_acts else found.later).append(one)
        elif one.all_acts:
            found.early.append(one)
    return found


def _views(acts: Sequence[Act], links: Links, *, sees: bool) -> dict[int, list[ActView]]:
    stand = {one.id for one in standing(acts)}
    found: dict[int, list[ActView]] = {}
    for act in sorted(acts, key=lambda one: (one.act_on, one.seq)):
        if act.id in stand:
            view = act_view(act, links, corrected=act.corrects_id is not None, sees=sees)
            found.setdefault(act.step, []).append(view)
    return found


def _finished(one: StepView, info: StepInfo, history: History, links: Links) -> StepView:
    one.on = history.done[info.number]
    closing = history.closing.get(info.number)
    acts = {act.id: act.actor for act in one.all_acts}
    one.by = acts.get(closing.id, "") if closing else ""
    one.forms = [
        *buttons(info.number, history, links, own=True), *buttons(info.number, history, links, own=False)
    ] if _still(info.number, history) else []  # fmt: skip
    return one


def _still(number: int, history: History) -> bool:
    """Whether acts are still added to a step that is done: contacts and sponsors change, training goes on."""
    last = {5: 7, 6: 7, 9: 15, 10: 15, 11: 15, 21: 23}.get(number)
    return last is not None and last not in history.done


def _present(
    one: StepView, info: StepInfo, history: History, links: Links, today: date,
    earliest: Mapping[int, date | None], needs: Callable[[int], Iterable[Need]], due: Callable[[int], date | None],
) -> StepView:  # fmt: skip
    one.needs = need_views(needs(info.number), links, info.closing)
    one.advice = _advice(one.needs)
    first = earliest.get(info.number)
    one.earliest = first if first is not None and first > today else None
    one.due = due(info.number)
    one.due_said, one.due_tone = due_said(one.due, today)
    ready = one.earliest is None and all(need.allows for need in one.needs)
    primary = info.closing if ready else ""
    one.own_forms = buttons(info.number, history, links, own=True, primary=primary)
    one.forms = buttons(info.number, history, links, own=False, primary=primary)
    if one.own_forms and not one.forms and not one.acts:
        one.forms, one.own_forms, one.acts, one.own_acts = one.own_forms, [], one.own_acts, []
    return one


def _advice(needs: Sequence[NeedView]) -> str:
    """What is to be done first, or for whom one waits, in a sentence."""
    first = next((one for one in needs if not one.allows and one.kind is not None), None)
    if first is None or first.kind is None:
        return ""
    if first.url:
        return str(_("先办这一项：%(what)s。", what=first.kind.title))
    return str(_("等%(who)s办理“%(what)s”。", who=ACTORS[first.kind.actor], what=first.kind.title))


def stages(case: Case, history: History) -> list[tuple[Any, str, str]]:
    """The five stages for the stepper: title, state, and from when to when."""
    found = []
    for number, title in STAGES.items():
        own = [info.number for info in STEPS if info.stage == number]
        days = sorted(history.done[step] for step in own if step in history.done)
        complete = own[-1] in history.done or any(step > own[-1] for step in history.done)
        here = case.stage == number and case.closed_on is None
        state = "done" if complete and not here else "now" if here else "next"
        if case.closed_on is not None and not complete and case.stage == number and case.state != "archived":
            state = "bad"
        found.append((title, state, str(days[-1]) if days else ""))
    return found
