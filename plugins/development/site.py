"""The one blueprint of the pages and the one of the API, shared by all modules of the plugin."""

from flask_babel import lazy_gettext as _l

from core.sdk import Api, Pages

#: Beginning of a page's name → chapter of the handbook.
CHAPTERS = {
    "": "secretary/development",
    "mine": "member/join",
    "write": "member/join",
    "my_votes": "member/vote",
    "cast_vote": "member/vote#怎样投票",
    "public_notice": "member/vote#怎样看公示、反映情况",
    "ballot": "secretary/ballots",
    "ballot_tally": "secretary/ballots#怎样组织一次票决",
    "notice": "secretary/ballots#怎样公示",
    "notice_feedback": "secretary/ballots#收到反映怎么办",
    "bulk": "secretary/development#一次办多个人",
    "bulk_notice": "secretary/ballots#怎样公示",
    "correct": "secretary/development#登记错了",
    "new": "secretary/development#收到一份申请书，怎样登记",
    "documents": "secretary/papers",
    "print_": "secretary/papers",
    "choose_paper": "secretary/papers#怎样一次打印多人",
    "plan": "office/development-plan",
    "supplement": "office/development-plan#名额是怎样算的",
    "programme": "office/development-plan#怎样下达一年的名额",
    "lag": "office/development-plan#怎样督促滞后单位",
    "key_unit": "office/development-plan#怎样督促滞后单位",
    "form": "office/development-plan#志愿书编号",
    "matter": "office/development-plan#责任追究",
    "pool": "office/development-reports#积极分子信息库",
    "queue": "office/development-reports#等待名单",
    "report": "office/development-reports",
    "close_month": "office/development-reports#月报定稿",
    "month_changes": "office/development-reports#月报定稿",
    "overview_page": "office/development-reports",
}
pages = Pages("plugins.development", chapters=CHAPTERS)
verbs = Api("plugins.development", title=_l("发展党员"))
