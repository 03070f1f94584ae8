"""The gates of steps 9 to 18. Pure; see ``gates_joining`` for what a gate is given."""

from datetime import date

from plugins.development.cases.around import Around
from plugins.development.cases.ballots import as_cast
from plugins.development.cases.gates_joining import Data, cosigned, day_of, helpers, power, same_person, vote_of, whole
from plugins.development.cases.history import History
from plugins.development.rules import activist, admission, powers, review
from plugins.development.rules.outcomes import Outcome, Ruling
from plugins.development.rules.powers import Act
from plugins.development.rules.rulesets import ruleset
from plugins.development.rules.voting import Ballot


def sponsors(history: History, _around: Around, on: date, data: Data | None) -> list[Ruling]:
    """Step 9, and every change of sponsors."""
    people = (data.get("people") or []) if data is not None else history.sponsors
    if data is None and not people:
        return []
    return review.sponsor_rulings(helpers(same_person(people), migrant=history.about.migrant), on)


def reviewed(history: History) -> review.PoliticalReview:
    """The political review as the acts tell it, with the opinions that were heard."""
    last = history.latest("political_review")
    conclusion = last.text("conclusion") if last else ""
    units = frozenset(one.text("source") for kind in ("household_opinion", "inquiry_reply") for one in history.of(kind))
    offices = {
        (one.text("department"), one.text("side")): one.text("favour") != "negative"
        for one in history.of("department_opinion")
    }
    return review.PoliticalReview(
        concluded=last.act_on if last and conclusion != "incomplete" else None,
        conclusion=None if conclusion in ("", "incomplete") else conclusion, mobile=history.about.migrant,
        migrant=history.about.migrant, unit_opinions=units, authority_opinions=offices,
        joint_reply=bool(history.of("joint_review")),
    )  # fmt: skip


def political(history: History, around: Around, on: date, data: Data | None) -> list[Ruling]:
    """Step 10: a good conclusion rests on all that was asked. That it is not good can always be recorded."""
    if data is not None and data.get("conclusion") != "qualified":
        return []
    given = reviewed(history)
    if data is not None:
        given = review.PoliticalReview(
            on,
            "qualified",
            given.mobile,
            given.migrant,
            given.unit_opinions,
            given.authority_opinions,
            given.joint_reply,
        )
    found = review.review_rulings(given, on, around.switches)
    joint = history.latest("joint_review")
    if joint is not None and joint.text("favour") == "negative":
        article = ruleset(on).article(16)
        message = "县级政审联审提出了不同意见。"
        found.append(Ruling("G10.5", Outcome.BLOCK, message, article, "请查清并取得新的联审意见。", field="conclusion"))
    return found


def course(history: History, around: Around, on: date, data: Data | None) -> list[Ruling]:
    """Step 11: a course that is too short is recorded and does not complete the step; an exemption needs the switch."""
    if data is not None and data.get("exemption") is not True:
        return []
    given = history.training if data is None else review.Training(whole(data, "half_days"), whole(data, "hours"), True)
    return review.training_rulings(given, on, around.switches)


def branch_review(history: History, around: Around, on: date, data: Data | None) -> list[Ruling]:
    """Step 12: the six refusals, all of them at once."""
    if data is not None and data.get("result") != "qualified":
        return []
    found: list[Ruling] = []
    told = data or {}
    if data is not None:
        found += activist.named_rulings(vote_of(data), on, "G12.8")
    heard = history.heard()
    clock = history.clock
    given = review.SixChecks(
        met=on, committee_size=1, present=1, trained=11 in history.done,
        year_complete=clock is not None and clock.complete(on, 12, around.switches), review=reviewed(history),
        missing_papers=tuple(line.strip() for line in str(told.get("missing") or "").splitlines() if line.strip()),
        rating_political=str(told.get("rating_political") or "above"), rating_work=str(told.get("rating_work") or "above"),
        open_complaints=whole(told, "complaints") + len(history.open_objections),
        opinions_diverge=told.get("diverging") is True, migrant=history.about.migrant,
        inspections=frozenset(one.text("side") for one in history.of("inspection")),
        employer_opinion="employer" in heard, community_opinion="community" in heard,
        polls={
            side: outcome for side in ("host", "origin")
            if (outcome := history.poll("review", side, around.switches)) is not None
        },
    )  # fmt: skip
    return found + review.six_rulings(given, around.switches)


def approver(around: Around) -> powers.Unit:
    """The organisation whose power is asked for: the one that acts, else the nearest committee above."""
    if around.actor is not None:
        return around.actor.unit
    return around.place.approver.unit if around.place.approver is not None else around.place.unit


def prereview(history: History, around: Around, on: date, data: Data | None) -> list[Ruling]:
    """Step 13."""
    if data is not None and data.get("result") != "passed":
        return []
    told = data or {}
    found = review.prereview_rulings(
        approver(around), on, leaving=day_of(told, "leaving"), leave_override=told.get("leave_override") is True,
        room=around.room,
    )  # fmt: skip
    if told.get("leave_override") is True and not str(told.get("leave_paper") or "").strip():
        article = ruleset(on).article(18)
        message = "没有填写县级以上组织部门同意接收的理由和文号。"
        found.append(Ruling("G13.2", Outcome.BLOCK, message, article, "请填写理由和文号。", field="leave_paper"))
    return [*found, *cosigned(history, 12, around)]


def issue_form(history: History, _around: Around, on: date, _data: Data | None) -> list[Ruling]:
    """The form is given out."""
    return review.form_rulings(on, prereview_passed=history.done.get(13), live_numbers=bool(history.live_form))


def fill_form(history: History, _around: Around, on: date, data: Data | None) -> list[Ruling]:
    """Step 14: the form that was given out, no other."""
    article = ruleset(on).article(18)
    if not history.live_form:
        message = "还没有发放《入党志愿书》。"
        return [Ruling("G14.1", Outcome.BLOCK, message, article, "请先由上级党委登记发放的控制编号。", field="number")]
    if data is not None and data.get("number") != history.live_form:
        message = f"控制编号{data.get('number')}不是发放给该同志的{history.live_form}。"
        return [Ruling("G14.1", Outcome.BLOCK, message, article, "请核对编号。", field="number")]
    if history.form_on is not None and on < history.form_on:
        message = f"填写日期早于发放日期{history.form_on:%Y-%m-%d}。"
        return [Ruling("X1", Outcome.BLOCK, message, article, "请核对日期。", history.form_on, "date")]
    return []


def still_sound(history: History, on: date) -> list[Ruling]:
    """The six refusals looked at again at steps 15 and 17 (S2-14..19): what no longer holds, and what came in since."""
    found = []
    article = ruleset(on).article(16)
    if 10 not in history.done:
        found.append(Ruling("G12.3", Outcome.REFUSE, "政治审查已不合格，不能发展入党。", article, "", field="review"))
    waiting = len(history.open_objections)
    if waiting:
        message = f"有{waiting}条反映还没有结论。"
        found.append(Ruling("G12.6", Outcome.DEFER, message, "六个不发展", "请查清并登记结论。", field="complaints"))
    return found


def branch_meeting(history: History, around: Around, on: date, data: Data | None) -> list[Ruling]:
    """Step 15."""
    found = [*power(around.place, Act.ADOPT, on, what="接收预备党员"), *still_sound(history, on)]
    checked = history.closing.get(10)
    if checked is not None:
        found += review.review_age_rulings(checked.act_on, on, around.switches)
    if data is None:
        plain = admission.Meeting(on, around.switches.min_full_members, Ballot(1, 1, 1), history.done.get(13))
        return found + admission.meeting_gate(plain, around.switches)
    given = admission.Meeting(
        held=on, full_members=whole(data, "full_members"), ballot=as_cast(data), prereviewed=history.done.get(13),
        candidate_present=data.get("candidate_present") is True, sponsors_present=whole(data, "sponsors_present"),
        written_introduction=data.get("written_introduction") is True, resolution=frozenset(data.get("resolution") or ()),
    )  # fmt: skip
    return [*found, *admission.meeting_gate(given, around.switches), *_base(data, on)]


def _base(data: Data, on: date) -> list[Ruling]:
    """Those due are the full members less those without a vote and those validly left out (6.1)."""
    due = whole(data, "full_members") - whole(data, "without_vote") - whole(data, "excluded")
    if due == whole(data, "due"):
        return []
    article = ruleset(on).article(20)
    message = f"正式党员{whole(data, 'full_members')}人，减去没有表决权和不计入的，应到会{due}人，填写的是{whole(data, 'due')}人。"
    return [Ruling("G15.3", Outcome.BLOCK, message, article, "请核对应到会有表决权的党员数。", field="due")]


def interview(history: History, _around: Around, on: date, data: Data | None) -> list[Ruling]:
    """Step 16."""
    if history.adopted_on is None or data is None:
        return []
    fit = data.get("capacity") in ("committee", "organiser")
    return admission.interview_rulings(resolved=history.adopted_on, interviewed=on, approved=on, interviewer_fit=fit)


def approval(history: History, around: Around, on: date, data: Data | None) -> list[Ruling]:
    """Step 17."""
    if history.adopted_on is None or (data is not None and data.get("result") != "approved"):
        return []
    talked = history.closing.get(16)
    found = [
        *powers_to_approve(around, on),
        *admission.interview_rulings(
            resolved=history.adopted_on, interviewed=talked.act_on if talked else None, approved=on
        ),
        *still_sound(history, on),
    ]
    agreed = any(
        one.text("result") == "agreed" and one.act_on >= history.adopted_on for one in history.of("deliberation")
    )
    told = data or {}
    given = admission.Approval(
        resolved=history.adopted_on, approved=on, between=around.place.general is not None, deliberated=agreed,
        collective=data is None or told.get("collective") is True, one_by_one=data is None or told.get("one_by_one") is True,
        special_reason=data is None or bool(str(told.get("special") or "").strip()),
        states_probation=data is None or bool(told.get("probation_from") and told.get("probation_to")),
    )  # fmt: skip
    found += admission.approval_rulings(given)
    return found if data is None else [*found, *collective_vote(data, on), *_span(history, data, on)]


def powers_to_approve(around: Around, on: date) -> list[Ruling]:
    """G13.1, asked again of whoever approves."""
    return powers.approval_power(approver(around), ruleset(on))


def collective_vote(data: Data, on: date) -> list[Ruling]:
    """The committee's own vote is in favour: more than half present, more than half of all in favour."""
    size, present, in_favour = (whole(data, name) for name in ("size", "present", "in_favour"))
    if in_favour <= present <= size and admission.committee_approves(size=size, present=present, in_favour=in_favour):
        return []
    message = f"党委委员{size}人，到会{present}人，赞成{in_favour}人，没有超过半数，不能批准。"
    fix = f"至少须有{size // 2 + 1}人到会、{size // 2 + 1}人赞成；到会和赞成的人数不能多于委员数。"
    return [Ruling("G17.2", Outcome.BLOCK, message, ruleset(on).article(24), fix, field="in_favour")]


def _span(history: History, data: Data, on: date) -> list[Ruling]:
    """G17.4: probation starts with the branch meeting and ends a year less a day later."""
    probation = history.probation
    start, end = day_of(data, "probation_from"), day_of(data, "probation_to")
    if probation is None or start is None or end is None or (start, end) == (probation.adopted, probation.printed_end):
        return []
    message = f"预备期应为{probation.adopted:%Y-%m-%d}至{probation.printed_end:%Y-%m-%d}，从支部大会通过之日算起。"
    return [
        Ruling("G17.4", Outcome.BLOCK, message, ruleset(on).article(31), "请更正起止日期。", field="probation_from")
    ]
