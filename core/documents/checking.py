"""Whether an uploaded Word template may be used. Pure; runs in the press's process, since it opens what somebody sent.

Refused are: what runs (macros, objects), what fetches (remote templates, linked pictures and objects, fields such as
INCLUDETEXT and DDE, merge sources), marks that do not parse, and fields that the document does not have.
"""

import difflib
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

from docxtpl import DocxTemplate  # type: ignore[import-untyped]
from jinja2 import TemplateSyntaxError, nodes

from core.documents.filling import FILTERS, Sandbox
from core.files import containers
from core.files.kinds import Unacceptable

#: A tree of fields: name → None for a value, a tree for a list's entries or a group.
Tree = Mapping[str, Any]
#: Fields of Word that compute from the document itself.
_FIELDS = frozenset(
    [
        "PAGE",
        "NUMPAGES",
        "SECTIONPAGES",
        "SECTION",
        "DATE",
        "TIME",
        "CREATEDATE",
        "SAVEDATE",
        "PRINTDATE",
        "HYPERLINK",
        "TOC",
        "PAGEREF",
        "REF",
        "SEQ",
        "STYLEREF",
    ]
)
_REMOTE = "模板引用了外部文件（远程模板、链接的图片或对象）。请改为嵌入，或删去后重新上传。"
_FOREIGN = "模板里有不允许的域：{}。只能使用页码、日期等由文档自身计算的域。"
_MOST_BYTES, _MOST_DEPTH = 5_000_000, 2
_ALLOWED: tuple[type[nodes.Node], ...] = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.Const, nodes.For, nodes.If,
    nodes.Compare, nodes.Operand, nodes.Filter, nodes.Test, nodes.And, nodes.Or, nodes.Not, nodes.CondExpr, nodes.Concat,
)  # fmt: skip
_LOOP = frozenset({"index", "index0", "first", "last", "length"})


def complaints(content: bytes, tree: Tree) -> list[str]:
    """What is wrong with a template, in Chinese; nothing for one that may be used.

    :param tree: the document's fields.
    """
    if len(content) > _MOST_BYTES:
        return [f"模板超过 {_MOST_BYTES // 1_000_000} MB。请压缩其中的图片。"]
    try:
        package = containers.open_package(content)
        kind = containers.package_kind(package)
        if kind.code != "docx":
            return ["这不是 Word 文档（.docx）。请在 Word 或 WPS 中另存为 .docx 后上传。"]
        found = _fetching(package)
    except Unacceptable as error:
        return [str(error)]
    return found or _marks(content, tree)


def _fetching(package: zipfile.ZipFile) -> list[str]:
    """What runs or fetches, in every part that holds XML: which of them Word reads is said by the package itself."""
    found: list[str] = []
    for name in package.namelist():
        if name.lower().endswith(".rels"):
            found.extend(_REMOTE for one in containers.relations(package, name) if one.external and not _is_link(one))
        elif _is_xml(content := containers.part(package, name)):
            found += _part_dangers(containers.tree(content))
    return list(dict.fromkeys(found))


def _is_xml(content: bytes) -> bool:
    """Whether a part is XML: no picture or font begins like that."""
    start = content[:64].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return start.startswith(b"<")


def _is_link(one: containers.Relation) -> bool:
    """Whether a relation is a link that a reader may click, which nothing follows by itself."""
    return one.kind == "hyperlink" and re.match(r"(?i)(https?|mailto):", one.target) is not None


#: Elements that a template must not have, by their names without prefix, and what they are.
_DANGERS = {
    "altChunk": "插入的外部内容", "object": "嵌入的对象", "control": "嵌入的对象", "OLEObject": "嵌入的对象",
    "mailMerge": "邮件合并的数据源", "dataSource": "邮件合并的数据源",
}  # fmt: skip


def _part_dangers(tree: Any) -> list[str]:
    found = [
        f"模板里有{_DANGERS[name]}。请删去后重新上传。"
        for one in tree.iter("{*}*")
        if (name := _local(one)) in _DANGERS
    ]
    found.extend(_FOREIGN.format(code[:20]) for code in _field_codes(tree) if code and code not in _FIELDS)
    return found


def _local(element: Any) -> str:
    return str(element.tag).rsplit("}", 1)[-1]


def _said(element: Any, name: str) -> str:
    """An attribute by its name without prefix."""
    return next((str(value) for key, value in element.attrib.items() if str(key).rsplit("}", 1)[-1] == name), "")


def _field_codes(tree: Any) -> list[str]:
    """The first word of each field, however it is cut into runs."""
    codes: list[str] = []
    stack: list[str] = []
    for one in tree.iter("{*}instrText", "{*}delInstrText", "{*}fldChar", "{*}fldSimple"):
        name, kind = _local(one), _said(one, "fldCharType")
        if name == "fldSimple":
            codes.append(_said(one, "instr"))
        elif name != "fldChar":
            if stack:
                stack[-1] += one.text or ""
            else:
                codes.append(one.text or "")
        elif kind == "begin":
            stack.append("")
        elif stack:
            codes.append(stack[-1])
            stack[-1] = ""
            if kind == "end":
                stack.pop()
    codes += stack
    return [code.split()[0].strip('\\"').upper() for code in codes if code.split()]


# --- the marks ---


def _marks(content: bytes, tree: Tree) -> list[str]:
    """Each part of the template parsed as it will be when it is filled."""
    template = DocxTemplate(io.BytesIO(content))
    template.init_docx()
    sources = [template.patch_xml(template.get_xml())]
    for uri in (template.HEADER_URI, template.FOOTER_URI):
        sources += [template.patch_xml(template.get_part_xml(part)) for _key, part in template.get_headers_footers(uri)]
    found: list[str] = []
    for source in sources:
        try:
            parsed = Sandbox().parse(source)
        except TemplateSyntaxError as error:
            found.append(
                f"模板标记有误：{error.message}。请核对花括号是否成对、{{% for %}} 与 {{% endfor %}} 是否配套。"
            )
            continue
        found += _Walk(tree).complaints(parsed)
    return list(dict.fromkeys(found))


class _Walk:
    """Looks at a parsed template: only fields, conditions and repeated rows, and each field one that there is."""

    def __init__(self, tree: Tree) -> None:
        self._tree, self._found = tree, list[str]()

    def complaints(self, parsed: nodes.Template) -> list[str]:
        self._visit(parsed, dict(self._tree), 0)
        return self._found

    def _visit(self, node: nodes.Node, scope: dict[str, Any], depth: int) -> None:
        if not isinstance(node, _ALLOWED):
            self._found.append(f"模板里不能使用“{type(node).__name__}”这类标记，只能使用字段、条件和循环。")
        elif isinstance(node, nodes.For):
            self._loop(node, scope, depth)
        elif isinstance(node, nodes.Filter) and node.name not in FILTERS:
            self._found.append(f"没有“{node.name}”这个过滤器。可以使用：{'、'.join(sorted(FILTERS))}。")
        elif isinstance(node, nodes.Name | nodes.Getattr):
            self._resolve(node, scope)
        else:
            for child in node.iter_child_nodes():
                self._visit(child, scope, depth)

    def _loop(self, node: nodes.For, scope: dict[str, Any], depth: int) -> None:
        inner = self._resolve(node.iter, scope)
        if depth >= _MOST_DEPTH or node.recursive:
            self._found.append("循环最多嵌套两层。")
            return
        if not isinstance(node.target, nodes.Name):
            self._found.append("循环只能写成“{% for 名称 in 列表 %}”。")
            return
        if inner is None:
            self._found.append("只能循环列表字段。")
        entries = inner if isinstance(inner, Mapping) else {}
        within = scope | {node.target.name: entries, "loop": dict.fromkeys(_LOOP)}
        for child in (*node.body, *node.else_, *([node.test] if node.test else [])):
            self._visit(child, within, depth + 1)

    def _resolve(self, node: nodes.Node, scope: Mapping[str, Any]) -> Any:
        """The tree under a name: None for a value; ``{}`` after a complaint."""
        if isinstance(node, nodes.Name):
            return self._step(node.name, scope, "")
        if isinstance(node, nodes.Getattr):
            above = self._resolve(node.node, scope)
            if above is None:
                self._found.append(f"“{node.attr}”前面的字段是一个值，没有下级字段。")
                return {}
            return self._step(node.attr, above, "") if above else {}
        self._found.append("字段只能写成“名称”或“名称.下级名称”。")
        return {}

    def _step(self, name: str, tree: Mapping[str, Any], _way: str) -> Any:
        if name in tree:
            return tree[name]
        near = difflib.get_close_matches(name, tree, 1, 0.3) or [
            known for known in tree if known in name or name in known
        ]
        hint = f"是不是“{near[0]}”？" if near else f"可用的字段：{'、'.join(list(tree)[:12])}。"
        self._found.append(f"没有“{name[:30]}”这个字段。{hint}")
        return {}


def tree_of(fields: Sequence[Any]) -> dict[str, Any]:
    """The tree of a document's fields (core.documents.registry.Field)."""
    return {one.name: tree_of(one.of) if one.of else None for one in fields}
