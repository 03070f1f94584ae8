"""What a notice may say: nothing sensitive in it, nothing secret, and markup that does nothing. Pure."""

import re
from datetime import date

import nh3

from core.policy.findings import Finding, Severity

TITLE_MOST, BODY_MOST, REASON_MOST = 100, 20_000, 200
LEVELS = ("normal", "important", "urgent")
_TAGS = {"p", "br", "strong", "em", "u", "ol", "ul", "li", "h3", "h4", "blockquote", "a", "table", "thead", "tbody", "tr", "th", "td"}  # fmt: skip
_SCHEMES = {"https", "http", "mailto"}
#: An identity number, with its eighteen signs; a mobile phone number.
_IDENTITY = re.compile(
    r"(?<![0-9])[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[0-9Xx](?![0-9])"
)
_PHONE = re.compile(r"(?<![0-9])1[3-9]\d{9}(?![0-9])")
#: The beginning of a mark: a less-than sign in a sentence (年龄<35岁) is none.
_MARKUP = re.compile(r"<[A-Za-z/!?]")
#: The mark of a classified document: the word, then a star (R16.18).
_SECRET = re.compile(r"(?:秘密|机密|绝密)\s*[★☆＊*]")
_R = "R16.06"


def clean(body: str) -> str:
    """The body as it is kept: plain text becomes paragraphs; of HTML only what formats text is left."""
    if not _MARKUP.search(body):
        lines = [line.strip() for line in body.replace("\r\n", "\n").split("\n")]
        body = "".join(f"<p>{nh3.clean_text(line)}</p>" for line in lines if line)
    return nh3.clean(
        body, tags=_TAGS, attributes={"a": {"href"}}, url_schemes=_SCHEMES, link_rel="noopener noreferrer nofollow"
    )


def plain(body: str) -> str:
    """The body's text, one line a paragraph: what an editor in a text field shows."""
    broken = re.sub(r"</(?:p|li|h3|h4|tr|blockquote)>|<br\s*/?>", "\n", body)
    bare = nh3.clean(broken, tags=set())
    for sign, said in (("&lt;", "<"), ("&gt;", ">"), ("&nbsp;", " "), ("&amp;", "&")):
        bare = bare.replace(sign, said)
    return bare.strip()


def text_findings(*, title: str, body: str) -> list[Finding]:
    """What is wrong with a notice's title and body (R16.06, R16.18)."""
    found = []
    if not title.strip():
        found.append(_block("title", "请填写标题。", "E_REQUIRED"))
    elif len(title) > TITLE_MOST:
        found.append(_block("title", f"标题最长{TITLE_MOST}个字，现在有{len(title)}个字。", "E_RANGE"))
    if not plain(body):
        found.append(_block("body", "请填写正文。", "E_REQUIRED"))
    elif len(body) > BODY_MOST:
        found.append(_block("body", f"正文最长{BODY_MOST}个字，请把长的内容放进附件。", "E_RANGE"))
    for field, text, name in (("title", title, "标题"), ("body", plain(body), "正文")):
        if _IDENTITY.search(text):
            found.append(_block(field, f"{name}里有身份证号码。通知会发给很多人，请删去后再发。", "E_FORMAT"))
        if _PHONE.search(text) and field == "title":
            found.append(_block(field, "标题里有手机号码。联系电话请写在正文里，并且只写工作电话。", "E_FORMAT"))
        if _SECRET.search(text):
            message = f"{name}带有密级标志。涉密内容不得在本平台处理，请按保密规定办理。"
            found.append(Finding("R16.18", Severity.BLOCK, field, message, code="E_FORMAT"))
    return found


def date_findings(*, read_by: date | None, level: str, as_of: date) -> list[Finding]:
    """What is wrong with the level, and with the last day for reading."""
    found = []
    if level not in LEVELS:
        found.append(_block("level", "请选择一般、重要或紧急。", "E_FORMAT"))
    if read_by is not None and read_by < as_of:
        found.append(_block("read_by", f"阅读期限不能早于今天（{as_of}）。", "E_RANGE"))
    if read_by is not None and (read_by - as_of).days > 366:
        found.append(_block("read_by", "阅读期限最长一年。", "E_RANGE"))
    return found


def reason_findings(reason: str, *, what: str) -> list[Finding]:
    """A reason that must be given, such as for putting something off."""
    if not reason.strip():
        return [_block("reason", f"请写明{what}的原因。", "E_REQUIRED")]
    if len(reason) > REASON_MOST:
        return [_block("reason", f"原因最长{REASON_MOST}个字。", "E_RANGE")]
    return []


def _block(field: str, message: str, code: str) -> Finding:
    return Finding(_R, Severity.BLOCK, field, message, code=code)
