"""What the import's verbs take and give."""

from flask_babel import lazy_gettext as _l

from core.api import fields
from core.api.shapes import Answer, Paged, Shape, listing
from core.importing.actions import MODES, OUTLINES, STATE_NAMES


class KindField(Answer):
    """A field that a column may be."""

    name = fields.Text(required=True)
    title = fields.Text(required=True)
    required = fields.Flag(required=True)


class Kind(Answer):
    """A kind of workbook one may import."""

    name = fields.Text(required=True)
    title = fields.Text(required=True)
    fields_ = fields.Many(fields.Nested(KindField), data_key="fields", required=True)


class Kinds(Answer):
    """The kinds one may import."""

    items = fields.Many(fields.Nested(Kind), required=True)


class RunRow(Answer):
    """An import as lists show it."""

    id = fields.Id(required=True)
    kind = fields.Text(required=True)
    file_name = fields.Text(_l("文件名"), required=True)
    file_size = fields.Whole(_l("字节数"), required=True)
    state = fields.Choice(STATE_NAMES, _l("进度"), required=True)
    row_count = fields.Whole(_l("数据行"), required=True)
    next_row = fields.Whole(_l("已处理到第几行"), required=True)
    created = fields.Whole(_l("新增"), required=True)
    updated = fields.Whole(_l("更新"), required=True)
    unchanged = fields.Whole(_l("没有变化"), required=True)
    refused = fields.Whole(_l("有错误"), required=True)
    problem = fields.Text(allow_none=True, required=True)
    actor = fields.Text(required=True)
    created_at = fields.Moment(required=True)
    applied_at = fields.Moment(allow_none=True, required=True)
    undone_at = fields.Moment(allow_none=True, required=True)


RunPage = listing(RunRow)
ROW = tuple(RunRow().fields)


class Run(RunRow):
    """An import, with its columns and what can be done next."""

    layout = fields.Mapped(required=True, metadata={"description": _l("工作表、标题和建议的字段")})
    mapping = fields.Mapped(required=True, metadata={"description": _l("各列对应的字段")})
    totals = fields.Mapped(required=True)
    changes = fields.Mapped(required=True, metadata={"description": _l("对已有记录的改动：行数、处数、各项目的行数")})
    undone = fields.Mapped(required=True)
    busy = fields.Flag(_l("正在处理，请稍后再读"), required=True)
    undoable = fields.Flag(_l("可以撤销"), required=True)
    resumable = fields.Flag(_l("可以继续"), required=True)
    asking = fields.Whole(_l("说明理由后可以导入的行"), required=True)
    refused_by_rule = fields.Mapped(required=True, metadata={"description": _l("规则编号 → 有错误的行数")})
    files = fields.Many(fields.Text(), required=True, metadata={"description": _l("可以下载的文件")})


class UploadShape(Shape):
    """A workbook (multipart form)."""

    file = fields.Raw(required=True, metadata={"type": "string", "format": "binary"})


class ColumnField(Shape):
    """Which field a column is."""

    column = fields.Text(_l("列的 key（见 layout）"), most=300, lines=True, required=True)
    field = fields.Text(_l("字段名，空为不导入"), most=60, required=True)


class Constant(Shape):
    """A value that is the same in all rows."""

    field = fields.Text(_l("字段名"), least=1, most=60, required=True)
    value = fields.Text(_l("所有行相同的值"), most=200, required=True)


class Mapping(Shape):
    """Which column is which field; the file is then checked by it."""

    columns = fields.Many(fields.Nested(ColumnField), required=True)
    constants = fields.Many(fields.Nested(Constant), load_default=list)
    sheets = fields.Many(fields.Text(most=100), load_default=list, metadata={"description": _l("工作表，空为自动")})
    mode = fields.Choice(
        MODES, _l("both 新增和更新、add 只新增、update 只更新、fill 已有的只补空缺"), load_default="both"
    )
    outline = fields.Choice(OUTLINES, _l("按层级排列的表格中空白的一级：same 同上、none 没有这一级"), load_default="")


class ReadShape(Shape):
    """How a file is looked at anew."""

    plain = fields.Flag(_l("按普通表格识别，不按层级识别"), required=True)


class RowPlace(Shape):
    """A row of a sheet."""

    sheet = fields.Text(most=100, required=True)
    row = fields.Whole(least=1, required=True)


class Reason(Shape):
    """Why rows are right that only lack a reason."""

    reason = fields.Text(_l("理由"), least=2, most=500, lines=True, required=True)
    rows = fields.Many(fields.Nested(RowPlace), allow_none=True, load_default=None,
                       metadata={"description": _l("哪些行；不写为全部")})  # fmt: skip


class FindingQuery(Paged):
    """Which findings."""

    refused = fields.Flag(_l("true 为有错误的行，false 为已导入行的提示"), load_default=True)
    rule = fields.Text(_l("规则编号"), most=20, load_default="")


class RowFinding(Answer):
    """One finding of a row."""

    position = fields.Whole(required=True)
    sheet = fields.Text(required=True)
    row = fields.Whole(required=True)
    field = fields.Text(required=True)
    rule = fields.Text(required=True)
    severity = fields.Text(required=True)
    needs_reason = fields.Flag(required=True)
    message = fields.Text(required=True)
    value = fields.Text(required=True)


FindingPage = listing(RowFinding)


class ChangeQuery(Paged):
    """Which changes."""

    field = fields.Text(_l("项目的名称"), most=60, load_default="")
    since = fields.Flag(_l("true 为只列上次导入以后有人在系统中改过的"), load_default=False)


class RowChange(Answer):
    """One field that a row changes of a record that is there."""

    sheet = fields.Text(required=True)
    row = fields.Whole(required=True)
    whom = fields.Text(_l("记录的名称"), required=True)
    field = fields.Text(required=True)
    title = fields.Text(_l("项目的名称"), required=True)
    old = fields.Text(_l("原来（敏感内容遮盖）"), required=True)
    new = fields.Text(_l("改为（敏感内容遮盖）"), required=True)
    since = fields.Text(_l("上次导入以后谁在哪天改过"), required=True)


ChangePage = listing(RowChange)
CHANGE = tuple(RowChange().fields)
