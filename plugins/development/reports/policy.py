"""The rule value of reports: how numbers of people are protected before who may see numbers alone."""

from flask_babel import lazy_gettext as _l

from core.sdk import Direction, PolicyKey, Tag

SMALL, STEPS = "small", "steps"
PROTECTION = PolicyKey(
    "development.statistics.protection", SMALL, "", Direction.MIN,
    "本平台默认：1至4人和能推算出它们的不显示；按5人一档显示的，逐月比较也推算不出个别人", Tag.DESIGN,
    "只能查看数字的人（统计员）看到的人数怎样显示",
    choices=((SMALL, "显示准确数，小的不显示"), (STEPS, "一律按5人一档显示")),
)  # fmt: skip
KEYS = (PROTECTION,)
#: For who may see who is behind the numbers.
EXACT = "exact"
#: What an answer says of its numbers.
WAYS = {EXACT: _l("全部是准确数"), **{way: _l(words) for way, words in PROTECTION.choices}}
