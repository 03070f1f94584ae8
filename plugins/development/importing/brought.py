"""What bringing in gives to the product: the kind of workbook, and its words in the record."""

from core.sdk import AuditKind
from core.sdk.importing import ImportKind
from plugins.development.importing.fields import FIELDS
from plugins.development.importing.importer import FIGURES, CaseImporter
from plugins.development.importing.undoing import undo
from plugins.development.permissions import OPEN

REGISTER = ImportKind(
    name="development.cases",
    title="发展党员情况登记表",
    noun="件发展党员事项",
    permission=OPEN,
    fields=FIELDS,
    begin=CaseImporter,
    undo=undo,
    batch_rows=100,
    key_fields=frozenset({"name"}),
    figure_titles=FIGURES,
)
IMPORTERS = (REGISTER,)
KINDS = (
    AuditKind("development.cases.imported", "导入发展党员情况登记表", keep=True),
    AuditKind("development.cases.import.download", "下载发展党员导入文件"),
    AuditKind("development.cases.import.cancelled", "取消发展党员导入"),
    AuditKind("development.cases.import.reason", "说明发展党员导入的疑问"),
    AuditKind("development.cases.import.undone", "撤销发展党员导入", keep=True),
)
