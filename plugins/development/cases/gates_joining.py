"""The gates of steps 1 to 8: what the rules say of an act of these steps, from the history before it. Pure.

Every gate takes the history before the act, the surroundings, the day, and the act's facts (``None``: what can be said before
the act is known, for ``needs`` and ``earliest``).
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from plugins.development.cases.around import Around, Place
from plugins.development.cases.history import History
from plugins.development.rules import activist, application, candidate, powers
from plugins.development.rules.activist import Helper, Naming, Vote
from plugins.development.rules.outcomes import Outcome, Ruling
from plugins.development.rules.powers import Act
from plugins.development.rules.rulesets import ruleset

Data = Mapping[str, Any]


def whole(data: Data, name: str) -> int:
    """A number among an act's facts; 0 for none."""
    value = data.get(name)
    return value if isinstance(value, int) else 0


def day_of(data: Data, name: str) -> date | None:
    """A date among an act's facts."""
    value = data.get(name)
    return date.fromisoformat(value) if value else None


def power(place: Place, act: Act, day: date, *, what: str) -> list[Ruling]:
    """Whether an organisation has a power at all: temporary and floating ones receive and educate only (E27, §40)."""
    if powers.may(place.unit, act):
        return []
    article = ruleset(day).article(40 if place.unit.type is powers.UnitType.FLOATING else 22)
    message = f"{place.name}没有{what}的权限。"
    fix = "请由具备条件的党支部办理；流动党员党支部具备条件的，由上级在设置中开通。"
    return [Ruling("E27", Outcome.BLOCK, message, article, fix, field="unit")]


def helpers(people: Sequence[Mapping[str, Any]], *, migrant: bool) -> list[Helper]:
    """People who stand by the person, as the rules see them. Of a migrant's, one may be known by name alone."""
    return [
        Helper(
            str(one.get("name")),
            full=one.get("standing") == "formal" or (migrant and not one.get("id")),
            under_probation_in_party=one.get("under_probation_in_party") is True,
            penalty_until=day_of(one, "penalty_until"),
            consented=one.get("consented") is not False,
            relative=one.get("relative") is True,
            open_cases=whole(one, "open_cases"),
            side=str(one.get("side") or "host"),
        )
        for one in people
    ]


def same_person(people: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """People with names made different where two share one, and the same where one was entered twice."""
    seen: dict[str, str] = {}
    found = []
    for one in people:
        key = str(one.get("id") or one.get("name"))
        label = str(one.get("name"))
        if key not in seen:
            seen[key] = label if label not in seen.values() else f"{label}（{len(seen) + 1}）"
        found.append({**one, "name": seen[key]})
    return found


def vote_of(data: Data) -> Vote:
    """The vote of a branch committee or members' meeting."""
    return Vote(
        committee=data.get("committee") is not False, size=whole(data, "size"), present=whole(data, "present"),
        in_favour=whole(data, "in_favour"),
    )  # fmt: skip


def apply(history: History, around: Around, on: date, data: Data | None) -> list[Ruling]:
    """Step 1."""
    found = power(around.place, Act.TAKE, on, what="接收入党申请")
    if data is None:
        return found
    place = data.get("place")
    given = application.Application(
        born=history.about.born, received=on, signed=day_of(data, "signed"), is_member=history.about.member,
        applicant=powers.Applicant(
            employed=data.get("employed") is True, employer_has_unit=data.get("employer_has_unit") is True,
            mobile=history.about.migrant,
        ) if place else None,
        place=powers.Place(place) if place else None,
        exit_kind=data.get("exit_kind") or None, exit_date=day_of(data, "exit_date"),
    )  # fmt: skip
    return [*found, *application.application_rulings(given)]


def talk(history: History, _around: Around, on: date, _data: Data | None) -> list[Ruling]:
    """Step 2."""
    if history.applied is None:
        return []
    return application.talk_rulings(history.applied, application.Talk(on))


def name_activist(history: History, around: Around, on: date, data: Data | None) -> list[Ruling]:
    """Step 3."""
    found = power(around.place, Act.NAME, on, what="确定入党积极分子")
    if data is not None and data.get("result") != "named":
        return []
    heard = frozenset(one.text("channel") for one in history.of("recommendation") if one.act_on <= on)
    born = history.about.born
    vote = vote_of(data) if data is not None else Vote(True, 1, 1, 1)
    given = Naming(
        decided=on, applied=history.applied or on, talk=history.talk, recommendations=heard, vote=vote,
        league_member=history.about.league_member,
        age=on.year - born.year - ((on.month, on.day) < (born.month, born.day)),
    )  # fmt: skip
    return [*found, *activist.naming_rulings(given, around.switches)]


def file_activist(history: History, around: Around, on: date, data: Data | None) -> list[Ruling]:
    """Step 4."""
    if history.clock_decided is None or (data is not None and data.get("result") != "filed"):
        return []
    return activist.filing_rulings(history.clock_decided, on, around.switches)


def contacts(history: History, around: Around, on: date, data: Data | None) -> list[Ruling]:
    """Step 5, and every change of contacts."""
    people = data.get("people") or [] if data is not None else history.contacts
    if data is None and not people:
        return []
    given = helpers(same_person(people), migrant=history.about.migrant)
    found = activist.contact_rulings(given, on, migrant=history.about.migrant, policy=around.switches)
    unfit = day_of(data, "unfit_since") if data is not None else None
    return found + (activist.replacement_rulings(unfit, on, around.switches) if unfit is not None else [])


def train(history: History, around: Around, on: date, _data: Data | None) -> list[Ruling]:
    """Step 6: there are contacts, also when the ones there were are gone after a move."""
    if 5 not in history.done:
        return []
    return contacts(history, around, on, {"people": history.contacts})


def propose(history: History, around: Around, on: date, data: Data | None) -> list[Ruling]:
    """Step 7."""
    if data is not None and data.get("result") != "proposed":
        return []
    found = power(around.place, Act.PROPOSE, on, what="确定发展对象")
    if data is not None:
        found += activist.named_rulings(vote_of(data), on, "G3.2")
    clock = history.clock
    if clock is None:
        return found
    since = history.closing[3].act_on if 3 in history.closing else date.min
    heard = [one for one in history.of("opinion") if since <= one.act_on <= on]
    sides = frozenset(one.text("side") for one in heard)
    given = candidate.Proposal(
        met=on, clock=clock, reviews=[day for day in history.reviews if day <= on], opinions=sides,
        has_groups=around.place.has_groups, community_opinion="community" in sides,
        poll=history.worst_poll("object", around.switches), room=around.room,
    )  # fmt: skip
    return found + candidate.proposal_rulings(given, around.switches)


def notices_of(history: History, stage: str = "object") -> tuple[candidate.Notice, ...]:
    """The public notices of a stage, the last one of each side, with what was objected."""
    latest: dict[str, candidate.Notice] = {}
    open_, unfit = history.open_objections, history.unfit
    for one in history.of("notice"):
        end = one.day("end")
        if one.text("stage") != stage or end is None:
            continue
        side = one.text("side") or "host"
        waiting = sum((other.text("side") or "host") == side for other in open_)
        latest[side] = candidate.Notice(side, one.act_on, end, waiting, unfit)
    return tuple(latest.values())


def consent(history: History, around: Around, on: date, data: Data | None) -> list[Ruling]:
    """The superior's answer of step 8: not before the meeting; of a migrant's the place of origin signs too (S1-15)."""
    met = history.done.get(7)
    if met is None or (data is not None and data.get("result") in ("refused", "returned")):
        return []
    found = cosigned(history, 7, around)
    if data is not None and data.get("result") == "filed" and ruleset(on).code == "RS2026":
        found += candidate.consent_rulings(candidate.Consent(met, filed=on), around.calendar, around.switches)
    elif on < met:
        found += candidate.consent_rulings(candidate.Consent(met, consented=on), around.calendar, around.switches)[:1]
    return found


def cosigned(history: History, step: int, around: Around) -> list[Ruling]:
    """S1-15: the place of origin signs steps 7, 12 and 23 too, where it belongs to the tenant."""
    if not (history.about.origin_unit and around.switches.migrant_checks) or step in history.cosigned:
        return []
    message = f"流出地党组织还没有会签第{step}步。"
    return [
        Ruling("S1-15", Outcome.BLOCK, message, "流入地为主、两地会签", "请流出地党支部登记会签意见。", field="cosign")
    ]


def notice(history: History, around: Around, on: date, data: Data | None) -> list[Ruling]:
    """A public notice is put up: after the consent, for long enough."""
    if data is None:
        return []
    end = day_of(data, "end")
    if end is None:
        return []
    if data.get("stage", "object") != "object":
        start = on
    else:
        agreed = [one.act_on for one in history.of("consent") if one.text("result") in ("agreed", "filed")]
        if not agreed:
            rules = ruleset(on)
            return [
                Ruling(
                    "G8.1", Outcome.BLOCK, "上级党委同意之后才能公示。", rules.article(13), "请先登记上级党委的答复。"
                )
            ]
        start = agreed[-1]
    told = candidate.Notice(str(data.get("side") or "host"), on, end)
    found = candidate.notice_rulings(told, start, around.calendar, around.switches)
    return [one for one in found if one.outcome is not Outcome.DEFER]  # unknown holidays stop the listing alone


def list_object(history: History, around: Around, on: date, data: Data | None) -> list[Ruling]:
    """Step 8: consent, notice, objections, and the day of the listing."""
    met = history.done.get(7)
    if met is None or (data is not None and data.get("result") == "stop"):
        return []
    answers = history.of("consent")
    agreed = next((one.act_on for one in reversed(answers) if one.text("result") == "agreed"), None)
    filed = next((one.act_on for one in reversed(answers) if one.text("result") == "filed"), None)
    hung = notices_of(history)
    given = candidate.Consent(
        met, filed=filed, consented=agreed, notices=hung, mobile=history.about.migrant,
        listed=on if data is not None or hung else None,
    )  # fmt: skip
    return candidate.consent_rulings(given, around.calendar, around.switches)
