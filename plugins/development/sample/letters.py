"""An applicant with an account: the own case on the phone, letters that were received, given back, and one that waits."""

from datetime import timedelta

from core.sdk import Unit, acting, holders_at, tenant_id, today, transaction
from plugins.development.cases import opening, recording
from plugins.development.pages import letters
from plugins.development.sample.cast import APPLICANT
from plugins.development.sample.hands import secretary
from plugins.development.sample.registers import case_of

_TEXTS = (
    (
        "学习新修订的发展党员工作细则的体会",
        "这一季度我认真学习了党章和新修订的发展党员工作细则，参加了村里的主题党日活动，对入党的条件和程序有了更清楚的认识，也看到自己在理论学习上的不足，今后要坚持学习，多为乡亲们办实事。",
    ),
    (
        "参加防汛值守的体会",
        "汛期我报名参加了村里的防汛值守，和党员们一起巡查河堤、转移独居老人，亲眼看到党员冲在前面，受到很大教育，更坚定了我向党组织靠拢的决心。",
    ),
    (
        "外出学习情况汇报",
        "近期我参加了县里组织的农业技术培训，学习了茶园管理和病虫害防治的新办法，回来以后准备带动周围几户一起试种，学习情况特向党组织汇报，请党组织批评指正。",
    ),
)


def load() -> None:
    """Link the applicant's account, where the demonstration has one, and hand in three thought reports."""
    case = case_of(APPLICANT)
    if case is None:
        return
    with transaction() as session:
        path = session.get_one(Unit, (tenant_id(), case.unit_id)).path
    own = next((one for one in holders_at(path) if "applicant" in one.roles and one.name == APPLICANT), None)
    if own is None:
        return
    opening.link_account(case_id=case.id, account_id=own.account_id)
    made = []
    for (theme, text), ago in zip(_TEXTS, (62, 33, 3), strict=True):
        draft = letters.Draft("thought_report", today() - timedelta(days=ago), theme, text)
        made.append(letters.hand_in(
            draft=draft, unit_id=case.unit_id, unit_path=path, case_id=case.id, writer=(own.account_id, own.name)
        ))  # fmt: skip
    with acting(secretary(path)):
        with transaction():
            recording.act(
                case_id=case.id, kind="thought_report", act_on=today() - timedelta(days=61), history=True, quietly=True,
                data={"theme": _TEXTS[0][0], "reader": "培养联系人", "comment": "结合实际，体会深刻。"}, reason="演示数据",
            )  # fmt: skip
            letters.received(letter_id=made[0], case_id=case.id)
        letters.give_back(letter_id=made[1], answer="请补充参加值守的日期，并由本人手写签名。", version=None)
