"""The papers D1 to D38: each is data that holds together, draws, fills, and takes its facts from the flow."""

import io
import re
from datetime import date

import docx
import pytest

from core.documents.blocks import pages_of
from core.documents.checking import complaints, tree_of
from core.documents.filling import filled
from core.documents.press import typeset
from core.documents.registry import COMMON, sample
from plugins.development.cases.acts import Done
from plugins.development.documents.dossier import Dossier
from plugins.development.documents.drawing import template_of
from plugins.development.documents.filling import (
    all_fields,
    context_of,
    core_fields,
    missing,
    shows_sealed,
    touched_by,
)
from plugins.development.documents.form import NO_KINDS, kinds_in, placed
from plugins.development.documents.papers import OF_CASES, PAPERS
from plugins.development.documents.printing import DOCUMENTS
from plugins.development.documents.titles import TITLES
from plugins.development.flow import KINDS
from tests.plugins.development.paper_house import WAY

EVERY = pytest.mark.parametrize("paper", PAPERS.values(), ids=list(PAPERS))
EVERY_OF_CASES = pytest.mark.parametrize("paper", OF_CASES, ids=[one.code for one in OF_CASES])
#: Of an act, beside its facts.
ALWAYS = {"on", "by", "unit"}


def dossier(**more) -> Dossier:
    """Somebody whose record goes from the application to the archive."""
    from uuid import uuid4

    acts, sealed = [], {}
    for number, (kind, day, facts) in enumerate(WAY, 1):
        hidden = {name: value for name, value in facts.items() if name in KINDS[kind].sealed}
        act = Done(
            uuid4(),
            number,
            number,
            kind,
            KINDS[kind].step,
            date.fromisoformat(day),
            uuid4(),
            {k: v for k, v in facts.items() if k not in hidden},
        )
        acts.append(act)
        sealed[act.id] = hidden
    case = {
        "name": "陈建国", "sex": "1", "birth": date(1996, 3, 12), "ethnic": "01", "education": "21", "migrant": False,
        "applied_on": date(2024, 3, 2), "named_on": date(2024, 6, 15), "adopted_on": date(2025, 8, 20), "expiry_on": date(2026, 8, 20),
    }  # fmt: skip
    given = {
        "unit": {"name": "中共青山镇前进村支部委员会", "short": "前进村党支部"},
        "committee": {"name": "中共青山镇委员会"},
    }
    made = Dossier(case, acts, **given)
    made.opened = more.get("opened", True)
    made.sealed = sealed if made.opened else {}
    return made


def text_of(content: bytes) -> str:
    """Everything a Word file says, tables included."""
    document = docx.Document(io.BytesIO(content)) if isinstance(content, bytes) else content
    return "".join(node.text or "" for node in document.element.body.iter() if node.tag.endswith("}t"))


def test_the_list_of_the_specification_is_complete():
    assert {one.number for one in PAPERS.values()} == set(range(1, 39))
    assert len({one.code for one in DOCUMENTS}) == len(PAPERS)
    assert {step for one in OF_CASES for step in one.steps} == set(range(1, 26)), "a step without any paper"


@EVERY
def test_what_the_layout_shows_are_fields_and_every_field_is_shown(paper):
    known = {one.name for one in all_fields(paper)}
    shown = [name for name in placed(paper) if not name.startswith("打印.")]
    assert set(shown) <= known
    assert {one.name for one in paper.fields} <= set(shown) | {"单位职务"}


@EVERY
def test_each_path_leads_to_a_fact_of_the_flow(paper):
    for one in all_fields(paper):
        for source in (one.source,) if isinstance(one.source, str) else ():
            for part in source.split("/"):
                for kind in kinds_in(part):
                    assert kind in KINDS, source
                    name = part.removesuffix("*").partition(".")[2]
                    facts = {each.name for each in KINDS[kind].fields} | ALWAYS
                    assert not name or name in facts, source
                    if one.of and not name:
                        assert {each.source for each in one.of if isinstance(each.source, str)} <= facts | {""}, source
            head = re.split(r"[./\[*]", source, maxsplit=1)[0]
            assert not source or head in NO_KINDS | KINDS.keys(), source


@EVERY
def test_each_field_has_a_meaning_and_an_example(paper):
    for one in core_fields(paper):
        assert one.meaning
        assert one.of or one.example or one.name in {"离开日期", "特殊情况", "申请人签名"}, one.name


@EVERY
def test_the_default_template_passes_the_check_of_uploaded_ones_and_fills_with_samples(paper):
    fields = (*core_fields(paper), COMMON)
    template = template_of(paper)
    assert complaints(template, tree_of(fields)) == []
    told = text_of(filled(template, sample(fields), strict=True))
    assert "{{" not in told
    assert "{%" not in told
    assert "打印编号" in "".join(p.text for p in docx.Document(io.BytesIO(template)).sections[0].footer.paragraphs)


@EVERY
def test_it_prints_as_pdf_with_every_fact_and_with_none(paper):
    template = template_of(paper)
    full = typeset([pages_of(filled(template, sample((*core_fields(paper), COMMON))))], title=paper.title)
    blank = typeset([pages_of(filled(template, {}))], title=paper.title)
    assert full.startswith(b"%PDF")
    assert blank.startswith(b"%PDF")


@EVERY_OF_CASES
def test_a_whole_record_fills_it_with_what_the_record_says(paper):
    context = context_of(paper, [dossier()])
    told = text_of(filled(template_of(paper), context))
    if "姓名" in set(placed(paper)):
        assert "陈建国" in told
    for one in paper.fields:
        value = context[one.name]
        if isinstance(value, str) and value and one.name in set(placed(paper)):
            assert value in told, one.name


@EVERY_OF_CASES
def test_nothing_sealed_is_printed_for_who_may_not_open_it(paper):
    secrets = ("谈话的秘密记录", "本人自述的秘密", "陈大明", "政治历史清楚", "联审无异议", "政审合格的结论")
    told = text_of(filled(template_of(paper), context_of(paper, [dossier(opened=False)])))
    assert not [one for one in secrets if one in told]
    openly = text_of(filled(template_of(paper), context_of(paper, [dossier()])))
    if any(one in openly for one in secrets):
        assert shows_sealed(paper.code)


@EVERY_OF_CASES
def test_what_is_missing_is_named_and_prints_as_room_for_the_hand(paper):
    empty = Dossier({"name": "陈建国", "birth": date(1996, 3, 12), "sex": "1"}, [])
    gone = missing(paper, context_of(paper, [empty]))
    shown = [
        one
        for one in paper.fields
        if one.source
        and not one.optional
        and isinstance(one.source, str)
        and not one.source.startswith(("case", "unit"))
    ]
    assert {one.name for one in shown if one.name in set(placed(paper))} <= set(gone)
    assert "None" not in text_of(filled(template_of(paper), context_of(paper, [empty])))


def test_a_person_whose_record_is_whole_lacks_no_fact_of_the_steps_done():
    lacking = {one.code: missing(one, context_of(one, [dossier()])) for one in OF_CASES}
    assert lacking["d04_activist_meeting"] == []
    assert lacking["d18_course"] == []
    assert lacking["d25_resolution"] == []
    assert lacking["d28_admission_notice"] == []


@EVERY_OF_CASES
def test_prints_go_out_of_date_by_the_acts_whose_facts_they_show(paper):
    kinds = touched_by(paper.code)
    assert kinds - {"*"} <= KINDS.keys()
    for one in paper.fields:
        for source in (one.source,) if isinstance(one.source, str) else ():
            assert set(kinds_in(source)) <= kinds


def test_the_ballot_s_result_is_told_by_the_rule_of_the_majority():
    told = dossier()
    assert told.vote_purpose() == "转为正式党员"
    assert told.vote_result() == "赞成18名，超过应到会有表决权党员18名的半数，通过。"
    told.acts = [
        one
        for one in told.acts
        if one.kind != "conversion_meeting" and one.kind not in ("approval", "conversion_review")
    ]
    assert told.vote_purpose() == "接收为预备党员"
    assert told.vote_result() == "赞成16名（其中会前书面赞成1名），超过应到会有表决权党员18名的半数，通过。"


def test_a_share_is_cut_off_and_never_rounded_up_to_the_threshold():
    told = dossier()
    poll = next(one for one in told.acts if one.kind == "poll_result")
    told.acts = [
        Done(poll.id, 1, 1, "poll_result", 7, poll.act_on, poll.unit_id, {**poll.data, "issued": 1500, "returned": 1500, "in_favour": 1199})
    ]  # fmt: skip
    line = context_of(PAPERS["d11_poll"], [told])["调查"][0]
    assert line["同意率"] == "79.93%"
    assert line["结果"] == "暂缓"


def test_several_people_stand_in_one_list_of_a_collective_paper():
    paper = PAPERS["d29_oath"]
    context = context_of(paper, [dossier(), dossier()])
    assert context["人数"] == "2"
    assert [one["姓名"] for one in context["名单"]] == ["陈建国", "陈建国", "", "", ""]


def test_the_sheet_of_the_whole_process_has_twenty_five_rows_with_their_record():
    lines = context_of(PAPERS["d36_whole_process"], [dossier()])["步骤"]
    assert len(lines) == 25
    assert lines[0] == {
        "序号": "1", "步骤": "递交入党申请书", "完成日期": "2024.03.02", "办理组织": "本人", "办理情况": "本人递交", "依据": "第1条办理记录", "异常": "",
    }  # fmt: skip


def test_a_step_that_another_act_closed_has_its_day_on_the_sheet():
    """Before 2026 the filing closes step 8: there was no notice to be listed after."""
    told = dossier()
    told.acts = [one for one in told.acts if one.kind != "notice_result"]
    filed = next(one for one in told.acts if one.kind == "consent")
    told.case = {**told.case, "done_days": {"8": filed.act_on.isoformat()}}
    line = context_of(PAPERS["d36_whole_process"], [told])["步骤"][7]
    assert (line["完成日期"], line["依据"]) == (f"{filed.act_on:%Y.%m.%d}", f"第{filed.place}条办理记录")


def test_a_template_with_a_field_that_there_is_not_is_refused_by_name():
    paper = PAPERS["d02_talk"]
    document = docx.Document(io.BytesIO(template_of(paper)))
    document.add_paragraph("{{ 谈话地址 }}")
    changed = io.BytesIO()
    document.save(changed)
    found = complaints(changed.getvalue(), tree_of((*core_fields(paper), COMMON)))
    assert found == ["没有“谈话地址”这个字段。是不是“谈话地点”？"]


def test_the_titles_on_the_screen_are_those_on_paper():
    assert {code: one.title for code, one in PAPERS.items()} == {
        code: title for code, title in TITLES.items() if code in PAPERS
    }
