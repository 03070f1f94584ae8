"""The fifteen reports of section 9.5 as data: what stands in their rows and columns. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from flask_babel import lazy_gettext as _l

from plugins.development.flow import words
from plugins.development.permissions import FIGURES
from plugins.development.plan.permissions import FORMS_VIEW, MATTERS_VIEW
from plugins.development.reports.measures import MEASURES, TIME_RULES
from plugins.development.rules.queue import BUCKETS


@dataclass(frozen=True, slots=True)
class Col:
    """A column, or a cell of a line.

    :param figure: ``span:measure`` of a figure; ``list:key`` of a listing; ``plan:what`` of the plan; ``rate`` of two others.
    :param of: for a rate: the figures of part and whole.
    """

    title: object
    figure: str
    of: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Table:
    """A report.

    :param number: of the specification's list. :param about: one sentence on what it shows and how it counts.
    :param columns: of a row for each organisation. :param lines: instead of these: (title, its cells), for the whole place.
    :param heads: headings of the lines' cells.
    :param ranked: rows by the share of the plan, with their place in the ranking.
    :param sums: of lines: figures that together make up another one.
    """

    number: int
    key: str
    title: object
    about: object
    columns: tuple[Col, ...] = ()
    lines: tuple[tuple[object, tuple[Col, ...]], ...] = ()
    heads: tuple[object, ...] = ()
    ranked: bool = False
    monthly: bool = True
    papers: tuple[str, ...] = ()
    #: parts of a wide table: (title, first column, behind the last)
    groups: tuple[tuple[object, int, int], ...] = ()
    permission: str = FIGURES
    sums: tuple[frozenset[str], ...] = ()

    @property
    def cols(self) -> tuple[Col, ...]:
        """All columns and cells."""
        return (*self.columns, *(col for _title, cells in self.lines for col in cells))


def _col(figure: str, title: object = None) -> Col:
    measure = figure.partition(":")[2]
    return Col(title if title is not None else MEASURES[measure].title, figure)


_THIS, _ALL_YEAR, _NOW, _SHARE = _l("本月"), _l("本年累计"), _l("目前"), _l("占比")
_PLAN, _DONE_SHARE = Col(_l("年度计划"), "plan:quota"), Col(_l("完成率"), "rate", ("year:approved", "plan:quota"))
_FLOW = (
    "applied", "talked_in_time", "named", "left_pool", "listed", "prereviewed", "adopted", "approved", "converted", "extended",
    "cancelled",
)  # fmt: skip
#: Their headings in the monthly report, where many stand side by side.
_BRIEF = {
    "applied": _l("申请"), "talked_in_time": _l("按期谈话"), "named": _l("积极分子"), "left_pool": _l("退出"), "listed": _l("发展对象"),
    "prereviewed": _l("预审"), "adopted": _l("接收"), "approved": _l("批准"), "converted": _l("转正"), "extended": _l("延长"),
    "cancelled": _l("取消"),
}  # fmt: skip
_NEW = (
    "new_women", "new_under35", "new_ethnic", "new_high_school", "new_college", "new_farmer", "new_worker", "new_intellectual",
    "new_student", "new_front_line", "new_technical", "new_new_field", "new_nonpublic", "new_migrant",
)  # fmt: skip
_AGED = ("pool_aged_6", "pool_aged_12", "pool_aged_24", "pool_aged_1200")


def _shares(measure: str, whole: str, *spans: str) -> tuple[Col, ...]:
    """A line of figures over spans, and the share of the last in its whole."""
    cells = tuple(_col(f"{span}:{measure}") for span in spans)
    return (*cells, Col(_SHARE, "rate", (f"{spans[-1]}:{measure}", f"{spans[-1]}:{whole}")))


_ALL = (
    Table(
        1, "monthly", _l("发展党员月报表"), _l("各环节本月数和本年累计数，与年度计划对照；月终定稿后，更正另行列示。"),
        columns=(
            *(_col(f"month:{one}", _BRIEF[one]) for one in _FLOW), *(_col(f"year:{one}", _BRIEF[one]) for one in _FLOW), _PLAN, _DONE_SHARE,
        ),
        papers=("d37_month",), groups=((_THIS, 0, len(_FLOW)), (_ALL_YEAR, len(_FLOW), 2 * len(_FLOW) + 2)),
    ),
    Table(
        2, "bulletin", _l("发展党员月通报"), _l("按年度计划完成率排名；六月起完成不足应完成数八成的为滞后。"),
        columns=(
            _PLAN, Col(_l("应完成"), "plan:due"), _col("month:approved", _l("本月批准")), _col("year:approved", _l("累计批准")), _DONE_SHARE, Col(_l("进度"), "plan:lag"),
        ),
        ranked=True, papers=("d37_bulletin",),
    ),
    Table(
        3, "plan", _l("年度计划执行表"), _l("名额、追加、已批准、预审合格待批和余额；按批准日期计入年度。"),
        columns=(
            _PLAN, Col(_l("其中追加"), "plan:supplement"), _col("year:approved", _l("已批准")), _col("day:holding", _l("预审合格待批")), Col(_l("余额"), "plan:free"),
            Col(_l("应完成"), "plan:due"), _DONE_SHARE, Col(_l("进度"), "plan:lag"),
        ),
        papers=("d37_plan", "d37_quota"),
    ),
    Table(
        4, "structure", _l("新党员结构"), _l("批准的预备党员中各类人员的人数和占比。"),
        lines=(
            (_l("批准预备党员"), (_col("month:approved"), _col("year:approved"), Col(_SHARE, "rate", ("year:approved", "year:approved")))),
            *((MEASURES[one].title, _shares(one, "approved", "month", "year")) for one in _NEW),
        ),
        heads=(_THIS, _ALL_YEAR, _SHARE),
    ),
    Table(
        5, "pool", _l("积极分子队伍分析"), _l("积极分子的来源、在库时间、培训考察和进出情况。"),
        lines=(
            (_l("积极分子总数"), _shares("pool", "pool", "day")),
            (_l("本年确定"), (_col("year:named"), Col("", ""))), (_l("本年退出"), (_col("year:left_pool"), Col("", ""))),
            (_l("本年列为发展对象"), (_col("year:listed"), Col("", ""))),
            *((MEASURES[one].title, _shares(one, "pool", "day")) for one in
              ("pool_reviewed", "pool_trained", "pool_ready", "pool_planned", *_AGED)),
            *((title, _shares(f"pool_{code}", "pool", "day")) for code, title in words.SOURCES.items()),
        ),
        heads=(_l("人数"), _SHARE),
        sums=(frozenset(f"day:{one}" for one in _AGED), frozenset(f"day:pool_{code}" for code in words.SOURCES)),
    ),
    Table(
        6, "queue", _l("等待发展情况"), _l("申请人和积极分子中尚未列为发展对象的，按申请年限和参加工作年限分组；只作展示，不作取舍。"),
        lines=(
            (_l("总人数"), (_col("day:queue"), _col("day:queue"))),
            *((label, (_col(f"day:waited_{least}"), _col(f"day:worked_{least}"))) for label, (least, _most) in BUCKETS.items()),
            (_l("列入本年计划"), (_col("day:queue_planned"), Col("", ""))), (_l("列入下年计划"), (_col("day:queue_next"), Col("", ""))),
            (_l("关键岗位"), (_col("day:queue_key"), Col("", ""))), (_l("专业技术人员"), (_col("day:queue_technical"), Col("", ""))),
            (_l("女性"), (_col("day:queue_women"), Col("", ""))),
        ),
        heads=(_l("按申请年限"), _l("按参加工作年限")),
        sums=tuple(frozenset(f"day:{clock}_{least}" for least, _most in BUCKETS.values()) for clock in ("waited", "worked")),
    ),
    Table(
        7, "probation", _l("预备党员考察和期满情况"), _l("预备期内的预备党员、半年考察、60日内期满和期满未转正的。"),
        columns=(*tuple(_col(f"day:{one}") for one in ("probation", "probation_half", "expiring", "expired", "probation_letter", "probation_long")), _col("year:oath"), _col("year:converted"), _col("year:extended"), _col("year:cancelled")),
    ),
    Table(
        8, "irregular", _l("时限和程序异常"), _l("办理时规则给出提示或经说明理由继续办理的，按规则分列；一人多次只计一人。"),
        lines=(
            (_l("合计"), (_col("month:irregular"), _col("year:irregular"))),
            *((title, (_col(f"month:rule_{rule}"), _col(f"year:rule_{rule}"))) for rule, title in TIME_RULES.items()),
            (_l("其他"), (_col("month:irregular_other"), _col("year:irregular_other"))),
        ),
        heads=(_THIS, _ALL_YEAR),
    ),
    Table(
        9, "dry", _l("没有发展党员的支部"), _l("有发展条件的党支部中，今年没有确定积极分子或连续一年、两年、三年以上没有发展党员的。"),
        columns=tuple(Col(title, f"list:{key}") for title, key in (
            (_l("没有确定积极分子"), "dry_blue"), (_l("今年没有"), "dry_1"), (_l("连续两年"), "dry_2"), (_l("三年以上"), "dry_3"),
        )),
    ),
    Table(
        10, "yearly", _l("年度报告和下年度计划"), _l("全年发展、转正和异常情况，与计划对照；附下年度名额（细则第三十八条）。"),
        columns=(
            _PLAN, _col("year:approved"), _DONE_SHARE, _col("year:applied"), _col("year:named"), _col("year:converted"), _col("year:extended"), _col("year:cancelled"),
            _col("year:irregular"), _col("day:pool"), Col(_l("下年度名额"), "plan:next"),
        ),
        monthly=False, papers=("d37_year",),
    ),
    Table(
        11, "migrant", _l("流动人员发展情况"), _l("流动人员的委托培养、双边考察、民意测评和部门意见。"),
        columns=tuple(_col(one) for one in (
            "day:migrant", "day:migrant_object", "day:migrant_entrusted", "year:migrant_host", "year:migrant_origin", "year:migrant_polled",
            "year:migrant_departments", "year:migrant_approved",
        )),
    ),
    Table(
        12, "statistics", _l("党内统计：发展党员"), _l("年度党内统计表所用的发展、转正、延长和取消数，按批准日期统计。"),
        lines=(
            *((MEASURES[one].title, _shares(one, "approved", "year")) for one in ("approved", *_NEW)),
            *((MEASURES[one].title, (_col(f"year:{one}"), Col("", ""))) for one in ("special", "converted", "extended", "cancelled")),
            (_l("年末预备党员"), (_col("day:probation"), Col("", ""))), (_l("年末发展对象"), (_col("day:objects"), Col("", ""))), (_l("年末积极分子"), (_col("day:pool"), Col("", ""))),
            (_l("年末等待发展"), (_col("day:queue"), Col("", ""))),
        ),
        heads=(_l("人数"), _SHARE), monthly=False,
    ),
    Table(
        13, "accountability", _l("责任追究登记"), _l("发展党员工作中登记的责任追究事项，按办理状态。"),
        columns=tuple(Col(title, f"list:{key}") for title, key in (
            (_l("调查中"), "matters_open"), (_l("已有结论"), "matters_concluded"), (_l("已结案"), "matters_closed"), (_l("合计"), "matters_all"),
        )),
        permission=MATTERS_VIEW,
    ),
    Table(
        14, "forms", _l("入党志愿书控制号台账"), _l("志愿书控制号的结存、发放、使用和作废。"),
        columns=tuple(Col(title, f"list:{key}") for title, key in (
            (_l("未发放"), "forms_received"), (_l("已发放"), "forms_issued"), (_l("已使用"), "forms_used"), (_l("已作废"), "forms_voided"),
        )),
        papers=("d38_ledger",), permission=FORMS_VIEW,
    ),
    Table(
        15, "training", _l("集中培训情况"), _l("发展对象集中培训的期数和人数；积极分子参加培训的人数。"),
        columns=(Col(_l("培训班（期）"), "list:classes"), _col("month:trained"), _col("year:trained"), _col("day:pool_trained")),
    ),
)  # fmt: skip
TABLES: Mapping[str, Table] = MappingProxyType({one.key: one for one in _ALL})
