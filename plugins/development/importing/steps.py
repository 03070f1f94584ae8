"""What a row's days say as acts of a case, and what of them the case does not have yet. Pure.

A register has the day of a step and hardly more. What it does not say (who voted how, what was talked of) stays unsaid; an
act that stands for a step carries the outcome alone that the day implies: named, filed, proposed, qualified, approved.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from core.sdk import Finding, Severity, add_months
from plugins.development.cases.acts import Done
from plugins.development.cases.saying import SOURCE, block
from plugins.development.flow import KINDS
from plugins.development.importing.fields import TITLES
from plugins.development.rules.probation import Probation
from plugins.development.rules.rulesets import RS2014, ruleset

#: Day's field → the kind of act, and the outcome that the day stands for.
_PLAIN: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "talked": ("talk", {}), "named": ("activist_meeting", {"result": "named"}), "filed": ("filing_reply", {"result": "filed"}),
    "proposed": ("object_meeting", {"result": "proposed"}), "consented": ("consent", {"result": "agreed"}),
    "checked": ("political_review", {"conclusion": "qualified"}), "trained": ("course", {"title": "发展对象集中培训"}),
    "prereviewed": ("prereview", {"result": "passed"}), "adopted": ("branch_meeting", {}),
    "interviewed": ("interview", {"result": "yes"}), "oath": ("oath", {}), "requested": ("conversion_letter", {}),
    "converted": ("conversion_meeting", {"decision": "convert"}), "confirmed": ("conversion_approval", {"result": "approved"}),
    "recommended": ("recommendation", {"channel": "mass_body_merit", "recommender": "共青团组织"}),
    "pool_trained": ("training", {"title": "入党积极分子培训"}),
}  # fmt: skip
#: What a register calls a stage → the columns of which one must have a day; in the order in which the words are looked for.
_STAGES: Mapping[str, tuple[str, ...]] = {
    "积极分子": ("named",), "发展对象": ("proposed",), "预备党员": ("adopted", "approved"), "正式党员": ("regular", "converted", "confirmed"),
    "申请人": ("applied",),
}  # fmt: skip
#: Columns whose days follow one another; a day before one that stands further left is doubted.
_ORDER = ("applied", "named", "proposed", "prereviewed", "adopted", "approved", "requested", "converted", "confirmed")
#: Column → the column before which it cannot be.
_AFTER = {
    "talked": "applied", "filed": "named", "consented": "proposed", "notice": "proposed", "trained": "proposed", "interviewed": "adopted",
    "oath": "approved",
}  # fmt: skip
_SAYS = {"X1": "本平台办理规则"}
_BETWEEN = re.compile(r"[、,，;；/\s]+")


@dataclass(frozen=True, slots=True)
class Wanted:
    """An act that a row tells of.

    :param field: the column that says so. :param implied: only where the case has none of the kind: no column has its day.
    """

    kind: str
    act_on: date
    data: Mapping[str, Any]
    field: str
    implied: bool = False

    @property
    def place(self) -> tuple[date, int]:
        """Its place in the order of what happened."""
        return self.act_on, KINDS[self.kind].step


@dataclass(slots=True)
class Said:
    """What a row comes to beside a case. :param acts: to be recorded, in order. :param findings: what is wrong or told."""

    acts: list[Wanted] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def names_in(text: str) -> list[str]:
    """The people that a cell names: 张三、李四."""
    return list(dict.fromkeys(part for part in _BETWEEN.split(text) if part))


def wanted(days: Mapping[str, date], texts: Mapping[str, str], known: Mapping[str, date]) -> Said:
    """Every act that a row tells of.

    :param days: field → day. :param texts: contacts, sponsors and form_no. :param known: days that the case has already, by
        field: a name without a day of its own takes its step's.
    """
    every = {**known, **days}
    days = _resolved(days, every)
    said = Said([*_dated(days), *_object(days), *_regular(days)])
    said.findings += _stage(texts.get("stage", ""), every)
    for name, kind, bases in (
        ("contacts", "contacts", ("named", "filed")),
        ("sponsors", "sponsors", ("consented", "proposed")),
    ):
        people = [{"name": one} for one in names_in(texts.get(name, ""))]
        if people:
            _undated(
                said, name, kind, {"people": people}, [every[base] for base in bases if base in every][:1], bases[-1]
            )
    number = texts.get("form_no", "").strip()
    if number:
        since = [every[base] for base in ("prereviewed", "adopted") if base in every][:1]
        for kind in ("form_issue", "form_filled"):
            _undated(said, "form_no", kind, {"number": number}, since, "prereviewed")
    said.acts.sort(key=lambda one: one.place)
    return said


def _resolved(days: Mapping[str, date], every: Mapping[str, date]) -> Mapping[str, date]:
    """组织谈话 is the committee's talk after the branch meeting, or the first talk: by where its day stands."""
    if "org_talk" not in days:
        return days
    on, adopted = days["org_talk"], every.get("adopted")
    name = "interviewed" if adopted is not None and on >= adopted else "talked"
    return {name: on, **{other: day for other, day in days.items() if other != "org_talk"}}


def _regular(days: Mapping[str, date]) -> Iterator[Wanted]:
    """A register that has one day for the conversion: it was voted and approved."""
    if "regular" not in days:
        return
    for name in ("converted", "confirmed"):
        if name not in days:
            kind, data = _PLAIN[name]
            yield Wanted(kind, days["regular"], data, "regular", implied=True)


def _stage(text: str, every: Mapping[str, date]) -> list[Finding]:
    """A stage that no day supports: what is imported ends before it."""
    for word, names in _STAGES.items():
        if word in text:
            if any(name in every for name in names):
                return []
            titles = "、".join(f"“{TITLES[name]}”" for name in names)
            message = f"表中写的是“{text[:20]}”，但没有{titles}，只登记到有日期的步骤。"
            return [tell("stage", message, "补上日期后再导入一次，已导入的不会重复。")]
    return []


def doubts(days: Mapping[str, date], born: date | None) -> list[Finding]:
    """What of a row's days cannot have been as it stands, or was against the rules: each asks for a reason.

    :param days: field → day, those of the case included.
    """
    found = []
    before = ""
    for name in _ORDER:
        if name not in days:
            continue
        if before and days[name] < days[before]:
            found.append(_reversed(name, before, days))
        before = name if not before or days[name] >= days[before] else before
    found += [
        _reversed(name, base, days)
        for name, base in _AFTER.items()
        if name in days and base in days and days[name] < days[base]
    ]
    return [*found, *_against(days, born)]


def _reversed(name: str, before: str, days: Mapping[str, date]) -> Finding:
    message = f"{TITLES[name]}{days[name]:%Y-%m-%d}早于{TITLES[before]}{days[before]:%Y-%m-%d}，先后顺序不对。"
    return _doubt("X1", name, message, "请核对这两个日期；原始材料确实如此的，写明情况说明后可以导入。", _SAYS["X1"])


def _against(days: Mapping[str, date], born: date | None) -> list[Finding]:
    found = []
    applied, named, proposed = days.get("applied"), days.get("named"), days.get("proposed")
    if applied and born and applied < add_months(born, 216):
        message = f"申请入党时间{applied:%Y-%m-%d}时不满18岁（{add_months(born, 216):%Y-%m-%d}满18岁）。"
        fix = "请核对出生日期和申请日期；确实如此的，写明情况说明后可以导入，体检会保留提示。"
        found.append(_doubt("G1.1", "applied", message, fix, ruleset(applied).article(5)))
    if named and proposed and named <= proposed < add_months(named, 12):
        message = f"确定为积极分子（{named:%Y-%m-%d}）到确定为发展对象（{proposed:%Y-%m-%d}）不满一年。"
        fix = "请核对日期；转接前的培养时间可以连续计算的，请在情况说明中写明。"
        found.append(_doubt("G7.1", "proposed", message, fix, ruleset(proposed).article(13)))
    adopted, name = days.get("adopted"), "converted" if "converted" in days else "regular"
    voted = days.get(name)
    if adopted and voted and adopted <= voted < add_months(adopted, 12):
        message = f"{TITLES[name]}{voted:%Y-%m-%d}时预备期未满一年（支部大会{adopted:%Y-%m-%d}通过）。"
        fix = "预备党员不能提前转正，请核对日期；确实如此的，写明情况说明后可以导入。"
        found.append(_doubt("G23.1", name, message, fix, ruleset(voted).article(31)))
    return found


def _doubt(rule: str, name: str, message: str, fix: str, source: str) -> Finding:
    """A finding that refuses the row unless somebody says why it is right."""
    return Finding(rule, Severity.BLOCK, name, message, fix, source, "E_RANGE")


def _dated(days: Mapping[str, date]) -> Iterator[Wanted]:
    if "applied" in days:
        signed = days["applied"].isoformat()
        yield Wanted("application", days["applied"], {"signed": signed, "channel": "paper"}, "applied")
    for name, (kind, data) in _PLAIN.items():
        if name in days:
            begun = {"began": days["trained_from"].isoformat()} if name == "trained" and "trained_from" in days else {}
            yield Wanted(kind, days[name], {**data, **begun}, name)
    if "approved" in days:
        yield Wanted("approval", days["approved"], _approval(days.get("adopted")), "approved")


def _approval(adopted: date | None) -> dict[str, Any]:
    if adopted is None:
        return {"result": "approved"}
    span = {"probation_from": adopted.isoformat(), "probation_to": Probation(adopted, 0).printed_end.isoformat()}
    return {"result": "approved", **span}


def _object(days: Mapping[str, date]) -> Iterator[Wanted]:
    """Step 8: a register that has one day for it means the day on which the superior committee had answered."""
    proposed = days.get("proposed")
    if proposed is not None and "consented" not in days:
        yield Wanted("consent", proposed, {"result": "agreed"}, "proposed", implied=True)
    if "notice" in days:
        end = days.get("notice_end")
        yield Wanted(
            "notice", days["notice"], {"stage": "object", **({"end": end.isoformat()} if end else {})}, "notice"
        )
    if "notice_end" in days and ruleset(days["notice_end"]) is not RS2014:
        listed = days["notice_end"] + timedelta(days=1)
        yield Wanted("notice_result", listed, {"result": "clear"}, "notice_end", implied=True)


def _undated(said: Said, name: str, kind: str, data: Mapping[str, Any], since: Sequence[date], base: str) -> None:
    if since:
        said.acts.append(Wanted(kind, since[0], data, name, implied=True))
    elif not any(one.field == name for one in said.findings):
        message = f"没有{TITLES[base]}，“{TITLES[name]}”先不导入。"
        said.findings.append(tell(name, message, "补上日期后再导入一次，这一项就会登记。"))


def tell(name: str, message: str, fix: str = "") -> Finding:
    """A finding that only informs."""
    return Finding("X0", Severity.INFO, name, message, fix or None, SOURCE, "E_REQUIRED")


def beside(said: Said, stored: Iterable[Done]) -> Said:
    """Of what a row tells, what the case does not have; a day that is not the stored one is refused by name."""
    by_kind: dict[str, list[Done]] = {}
    for act in stored:
        by_kind.setdefault(act.kind, []).append(act)
    left = Said(findings=list(said.findings))
    for one in said.acts:
        there = by_kind.get(one.kind, ())
        if one.kind == "notice":
            there = [act for act in there if act.text("stage") in ("", "object")]
        if one.kind in _MANY:  # another day is another one of them
            there = [act for act in there if act.act_on == one.act_on]
        if not there:
            left.acts.append(one)
        elif one.implied:
            left.findings += _differs(one, there[-1])
        elif all(act.act_on != one.act_on for act in there):
            left.findings.append(contradiction(one, there[-1].act_on))
    return left


def contradiction(one: Wanted, stored: date) -> Finding:
    """A step that was done on another day, as the case says."""
    title = TITLES[one.field]
    message = f"{title}是{one.act_on:%Y-%m-%d}，系统中已登记为{stored:%Y-%m-%d}，两者不一致。"
    fix = f"以系统为准的，把表中改为{stored:%Y-%m-%d}或留空；系统登记有误的，请在办理记录中更正。"
    return block("X1", one.field, message, "E_CONFLICT", fix)


def _differs(one: Wanted, act: Done) -> list[Finding]:
    """What is said of a fact without a day of its own, where the case has another."""
    if one.kind in ("contacts", "sponsors"):
        given = {str(who.get("name")) for who in one.data["people"]}
        known = {str(who.get("name")) for who in act.people()}
        if given == known:
            return []
        message = f"{TITLES[one.field]}与系统中登记的“{'、'.join(sorted(known))}”不同，没有改动。"
        return [tell(one.field, message, "确已更换的，请在系统中登记更换。")]
    if one.kind == "form_issue" and act.text("number") != one.data["number"]:
        message = f"志愿书编号是{one.data['number']}，系统中已登记为{act.text('number')}，两者不一致。"
        return [block("G14.1", "form_no", message, "E_CONFLICT", "请核对编号；换发过的，请先在系统中作废原编号。")]
    return []


#: Kinds that happen more than once: another day contradicts nothing.
_MANY = frozenset({"recommendation", "training"})
#: Kind → the column of its day, for the days a case has already.
FIELD_OF: Mapping[str, str] = {"approval": "approved", "application": "applied"} | {
    kind: name for name, (kind, _) in _PLAIN.items() if kind not in _MANY
}  # fmt: skip


def known_days(stored: Iterable[Done]) -> dict[str, date]:
    """The days that a case has, by column."""
    return {FIELD_OF[act.kind]: act.act_on for act in stored if act.kind in FIELD_OF}
