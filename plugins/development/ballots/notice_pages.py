"""The pages of public notices: drawn up and looked after by officers; read and spoken to by everybody while they hang."""

from base64 import b64encode
from io import BytesIO
from typing import Any
from uuid import UUID

from flask import abort, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import bindparam, select

from core.sdk import PUBLIC, Refused, Unit, clear_of, may, ranges, requires, row, today
from core.sdk.limits import address, allowed
from plugins.development.ballots import feedback, notices, queries
from plugins.development.ballots.days import last_day
from plugins.development.ballots.models import Feedback, NoticePerson, PublicNotice
from plugins.development.ballots.permissions import NOTICE_KEEP, NOTICE_VIEW, OPEN
from plugins.development.ballots.policy import extra_stages
from plugins.development.ballots.polls import switches_at
from plugins.development.ballots.saying import Unknown, place_of, taken
from plugins.development.ballots.screens import Act, Answer, Sent, at, boxed, form_page, record_page, shown
from plugins.development.ballots.words import FEEDBACK_STATES, NOTICE_STAGES, NOTICE_STATES, SEXES, VERDICTS
from plugins.development.pages.reading import version
from plugins.development.pages.sections import Tab, add_tab
from plugins.development.site import pages

add_tab(
    Tab(_l("公示"), "p_development.notices_list", NOTICE_VIEW, 40, (
        "p_development.notice", "p_development.notice_new", "p_development.notice_feedback", "p_development.notice_note",
    ))
)  # fmt: skip
#: How often one address may speak to notices.
LIMIT = "10/hour"
_WHEN = {
    "object": ("activist",), "activist": ("applicant", "activist"), "acceptance": ("reviewed", "dev_object"),
    "conversion": ("probationary", "conv_requested"),
}  # fmt: skip


@pages.get("/notices")
@requires(NOTICE_VIEW)
def notices_list() -> str:
    """The notices of one's part of the tree."""
    found = queries.notices(ranges(NOTICE_VIEW))
    stages = ["object", *extra_stages(as_of=today())]
    new = [(NOTICE_STAGES[one], at("notice_new", stage=one)) for one in stages] if may(NOTICE_KEEP) else []
    return shown(
        "notices.html", title=_("公示"), found=found, new=new, stages=NOTICE_STAGES, states=NOTICE_STATES, today=today()
    )


@pages.route("/notices/new", methods=["GET", "POST"])
@requires(NOTICE_KEEP)
def notice_new() -> Answer:
    """Draw up a notice: on whom, from when, where, whom to call."""
    stage = request.args.get("stage", "object")
    if stage not in _WHEN:
        abort(404)
    people = queries.cases(ranges(NOTICE_KEEP), states=_WHEN[stage])
    if not people:
        return shown("choose.html", title=NOTICE_STAGES[stage], options=[], back=at("notices_list"))
    asked = set(Sent(request.args).text("case_id").split())
    chosen = (
        request.form.getlist("case")
        if request.method == "POST"
        else [str(one[0]) for one in people if str(one[0]) in asked]
    )
    start = Sent(request.form).day("starts_on", "", default=today()) if request.form.get("starts_on") else today()
    terms = switches_at(people[0][5], start)
    least = last_day(start, terms.notice_workdays)
    fields = [
        {"name": "case", "label": _("公示对象"), "kind": "checks", "required": True, "value": chosen,
         "options": [(str(one), f"{name}（{place}）") for one, name, place, *_rest in people]},
        boxed("starts_on", _("开始日期"), "date", value=today().isoformat(), required=True),
        boxed("ends_on", _("结束日期"), "date", help=_("不填为满%(n)s个工作日的那天；今天开始的到%(day)s。",
                                                   n=terms.notice_workdays, day=least.day)),
        boxed("place", _("公示地点"), required=True, placeholder=_("例如：村务公开栏")),
        boxed("other_place", _("流出地公示地点"), help=_("有流动人员时必填，两地以相同的起止日期同时公示。")),
        boxed("contact", _("联系人"), required=True),
        boxed("phone", _("联系电话"), required=True, inputmode="tel"),
        boxed("address", _("来信来访地址")),
        boxed("body", _("公示说明"), "textarea", rows=3, value=_(
            "经党支部委员会研究，拟将下列同志列为发展对象，现予公示。公示期间，欢迎党员和群众反映情况。") if stage == "object" else ""),
    ]  # fmt: skip
    return form_page(NOTICE_STAGES[stage], fields, lambda: _draw(stage, people), back=at("notices_list"), submit=_("保存，先预览"),
                     note=_("一份公示可以有一人或多人；公示姓名、性别、出生年月、单位职业，不公示证件号码。"))  # fmt: skip


def _draw(stage: str, people: list[tuple[Any, ...]]) -> str:
    sent = Sent()
    chosen = sent.many("case")
    units = {one[0]: one[5] for one in people}
    if any(one not in units for one in chosen):
        abort(404)
    start = sent.day("starts_on", "开始日期")
    end = sent.day("ends_on", "结束日期") if sent.text("ends_on") else None
    given: dict[str, Any] = {
        name: sent.text(name, most=200) for name in ("place", "other_place", "contact", "phone", "address")
    }
    body = sent.text("body", "公示说明", most=1000)
    sent.done()
    if len({units[one] for one in chosen}) > 1:
        sent.wrong("case", "一份公示的对象应属于同一个党支部，请分支部公示。", "E_RANGE")
        sent.done()
    unit = units[chosen[0]] if chosen else people[0][5]
    made = notices.draw_up(case_ids=chosen, unit_id=unit, starts_on=start, ends_on=end, stage=stage, body=body, **given)
    return at("notice", notice_id=made)


def seen(notice_id: UUID, permission: str = NOTICE_VIEW) -> tuple[PublicNotice, Unit]:
    """A notice with its unit, for who may see it; everybody else finds nothing."""
    try:
        notice = taken(PublicNotice, notice_id, lock=False)
        place = place_of(notice.unit_id)
    except Unknown:
        abort(404)
    if not may(permission, place.path):
        abort(404)
    return notice, place


def link_of(notice: PublicNotice) -> str:
    """The address that everybody may open while the notice hangs."""
    return url_for("p_development.public_notice", token=notice.token, _external=True)


def qr_of(text: str) -> str:
    """An address as a picture that a phone reads (data URL of an SVG)."""
    import segno

    drawn = BytesIO()
    segno.make(text, error="m").save(drawn, kind="svg", scale=5, border=2, light="#fff")
    return f"data:image/svg+xml;base64,{b64encode(drawn.getvalue()).decode()}"


@pages.route("/notices/<uuid:notice_id>", methods=["GET", "POST"])
@requires(NOTICE_VIEW)
def notice(notice_id: UUID) -> Answer:
    """A notice: who is on it, its link and code, what was said to it, and what waits."""
    one, place = seen(notice_id)
    people = notices.people_of(one.id)
    said = notices.feedback_of(one.id)
    waits = {person.id: notices.waiting_on(one, person, today()) for person in people} if one.state == "running" else {}
    link = link_of(one) if one.state == "running" else ""
    return record_page(
        "notice.html", _acts(one, place, people, waits), notice=one, place=place, people=people, said=said, waits=waits,
        link=link, qr=qr_of(link) if link else "", earliest=notices.earliest_listing(one), opens=clear_of(OPEN, place.path),
        keeps=may(NOTICE_KEEP, place.path), stages=NOTICE_STAGES, states=NOTICE_STATES, sexes=SEXES, said_states=FEEDBACK_STATES,
        verdicts=VERDICTS, today=today(), names={person.id: person.name for person in people},
    )  # fmt: skip


def _acts(one: PublicNotice, place: Unit, people: Any, waits: dict[UUID, Any]) -> list[Act]:
    if not may(NOTICE_KEEP, place.path):
        return []
    acts = []
    if one.state == "draft":
        note = _("发布后链接和二维码在公示期内可供任何人查看，并记入每个人的办理记录。")
        acts.append(
            Act(
                "hang",
                _("发布公示"),
                lambda: notices.hang(notice_id=one.id, version=version()),
                primary=True,
                note=note,
            )
        )
    ready = [person for person in people if one.state == "running" and not person.result and not waits.get(person.id)]
    if ready:
        options = [(str(person.id), person.name) for person in ready]
        acts.append(Act("conclude", _("办结"), lambda: _conclude(one), [
            boxed("person", _("公示对象"), "select", options=options, value=options[0][0], required=True),
            boxed("listed_on", _("列为发展对象的日期"), "date", value=today().isoformat(), required=True),
            boxed("note", _("公示情况"), "textarea", rows=2)], primary=True))  # fmt: skip
    if one.state in ("draft", "running") and not any(person.result for person in people):
        acts.append(Act("withdraw", _("撤销公示"), lambda: notices.withdraw(
            notice_id=one.id, reason=Sent().text("reason", "撤销的原因", most=500), version=version()),
            [boxed("reason", _("撤销的原因"), "textarea", rows=2, required=True)], danger=True))  # fmt: skip
    return acts


def _conclude(one: PublicNotice) -> None:
    sent = Sent()
    person, day = sent.one("person", "公示对象", required=True), sent.day("listed_on", "日期")
    said = sent.text("note", "公示情况", most=2000)
    sent.done()
    if person is not None:
        notices.conclude(notice_id=one.id, person_id=person, listed_on=day, note_=said)


@pages.get("/notices/<uuid:notice_id>/sheet")
@requires(NOTICE_VIEW)
def notice_sheet(notice_id: UUID) -> str:
    """The notice as it is printed and hung."""
    one, place = seen(notice_id)
    link = link_of(one)
    return shown("notice_sheet.html", notice=one, place=place, people=notices.people_of(one.id), sexes=SEXES,
                 stages=NOTICE_STAGES, link=link, qr=qr_of(link) if one.state == "running" else "", unit=place.name)  # fmt: skip


@pages.route("/notices/<uuid:notice_id>/note", methods=["GET", "POST"])
@requires(NOTICE_KEEP)
def notice_note(notice_id: UUID) -> Answer:
    """Write down what came by telephone, letter or visit."""
    one, place = seen(notice_id, NOTICE_KEEP)
    if one.state != "running":
        abort(404)
    fields = [
        boxed("about", _("反映的是谁"), "select", required=True,
              options=[(str(person.id), person.name) for person in notices.people_of(one.id)]),
        boxed("received_on", _("收到日期"), "date", value=min(today(), one.ends_on).isoformat(), required=True),
        boxed("text", _("反映的情况"), "textarea", rows=5, required=True, help=_("加密保存。")),
        boxed("sender", _("反映人及联系方式"), help=_("匿名的不填。")),
    ]  # fmt: skip
    return form_page(_("登记来电、来信、来访"), fields, lambda: _take_down(one), back=at("notice", notice_id=one.id),
                     submit=_("登记"), note=place.short_name)  # fmt: skip


def _take_down(one: PublicNotice) -> str:
    sent = Sent()
    about, day = sent.one("about", "反映的是谁", required=True), sent.day("received_on", "收到日期")
    text, sender = sent.text("text", "反映的情况", required=True, most=2000), sent.text("sender", "反映人")
    sent.done()
    if about is not None:
        feedback.take_down(notice_id=one.id, text=text, about=about, sender=sender, received_on=day)
    return at("notice", notice_id=one.id)


@pages.route("/notices/feedback/<uuid:feedback_id>", methods=["GET", "POST"])
@requires(OPEN)
def notice_feedback(feedback_id: UUID) -> Answer:
    """What somebody said to a notice: each view is written down."""
    try:
        said = taken(Feedback, feedback_id, lock=False)
    except Unknown:
        abort(404)
    one, place = seen(said.notice_id)
    if not clear_of(OPEN, place.path):
        abort(404)
    people = notices.people_of(one.id)
    person = next((person for person in people if person.id == said.about_id), None)
    acts = _feedback_acts(said, people, person) if may(NOTICE_KEEP, place.path) else []
    return record_page(
        "feedback.html", acts, said=said, opened=feedback.opened(said), notice=one, place=place, person=person,
        states=FEEDBACK_STATES, verdicts=VERDICTS, back=at("notice", notice_id=one.id),
    )  # fmt: skip


def _feedback_acts(said: Feedback, people: Any, person: NoticePerson | None) -> list[Act]:
    if said.state == "new":
        about = [] if person else [
            boxed("about", _("反映的是谁"), "select", required=True, options=[(str(one.id), one.name) for one in people])
        ]  # fmt: skip
        return [
            Act("objection", _("列为反映，调查核实"), lambda: _sort(said, "objection"), about, primary=True,
                note=_("记入办理记录；有结论前不能列为发展对象。")),
            Act("support", _("没有异议"), lambda: _sort(said, "support")),
            Act("dismissed", _("与公示无关"), lambda: _sort(said, "dismissed")),
        ]  # fmt: skip
    if said.state == "objection":
        return [Act("conclude", _("登记结论"), lambda: _conclude_feedback(said), [
            boxed("verdict", _("结论"), "radio", options=list(VERDICTS.items()), required=True),
            boxed("on", _("结论日期"), "date", value=today().isoformat(), required=True),
            boxed("text", _("调查情况"), "textarea", rows=4, required=True, help=_("加密保存。"))], primary=True)]  # fmt: skip
    return []


def _sort(said: Feedback, state: str) -> None:
    feedback.sort_out(feedback_id=said.id, state=state, about=Sent().one("about"), version=version())


def _conclude_feedback(said: Feedback) -> None:
    sent = Sent()
    day, text = sent.day("on", "结论日期"), sent.text("text", "调查情况", required=True, most=2000)
    sent.done()
    feedback.conclude(feedback_id=said.id, verdict=sent.text("verdict"), text=text, on=day, version=version())


_BY_TOKEN = select(PublicNotice.id).where(PublicNotice.token == bindparam("token"))


def _public(token: str) -> PublicNotice:
    """The notice of an address; nothing for unknown ones and for drafts."""
    found = row(_BY_TOKEN, token=token)
    notice_ = taken(PublicNotice, found[0], lock=False) if found else None
    if notice_ is None or notice_.state == "draft":
        abort(404)
    return notice_


@pages.route("/g/<token>", methods=["GET", "POST"])
@requires(PUBLIC)
def public_notice(token: str) -> Answer:
    """The notice as everybody may read it while it hangs, with the form to speak to it."""
    one = _public(token[:64])
    if not notices.visible(one, today()):
        soon = one.state == "running" and today() < one.starts_on
        return shown("public_over.html", soon=soon, notice=one), 404 if soon else 410
    findings: Any = ()
    sent_ok = False
    if request.method == "POST":
        findings, sent_ok = _speak(one)
    place = place_of(one.unit_id)
    page = shown(
        "public.html", notice=one, people=notices.people_of(one.id), unit=place.name, sexes=SEXES, stages=NOTICE_STAGES,
        findings=findings, sent=sent_ok, most=feedback.MOST, form=request.form if not sent_ok else {},
    )  # fmt: skip
    return (page, 422) if findings else page


def _speak(one: PublicNotice) -> tuple[Any, bool]:
    if not allowed("development.feedback", caller=address(), limit=LIMIT):
        abort(429, _("反映得太频繁，请稍后再试，或直接联系公示上的联系人。"))
    given = Sent()
    try:
        about = given.one("about")
        text, sender = given.text("text", "内容", most=feedback.MOST), given.text("sender", "姓名和联系方式")
        given.done()
        feedback.send(notice_id=one.id, text=text, about=about, sender=sender)
    except Refused as refused:
        return refused.findings, False
    return (), True
