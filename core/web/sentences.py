"""Recognises composed Chinese texts and says them in another language.

Rules know no languages: what they say is plain Chinese with values filled in, it is kept as it was said (with an act, a
to-do, a run of an import) and read years later by somebody else. So a text is taken apart when it is shown: a message of
the catalogue, a message with values, a reference to an article of a regulation, several sentences one after another, a
list of labels, a day, a span of time; each part by the same means. Of several readings the one that leaves the least
Chinese is taken. What nobody knows, such as a name, stays.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

from core.web.plain_texts import HAN

#: A value in a sentence: ``{name}`` of an f-string. What stands in ``_()`` is translated before it comes here.
VALUE = re.compile(r"\{(\w+)\}")
_SENTENCE_END = re.compile(r"(?<=[。！？])\s*(?=\S)")
_NUMERAL = "一二三四五六七八九"
#: A sentence with the rule it rests on: 人员类别没有填写（2.1）。
_RULE = re.compile(r"(?P<said>.+)（(?P<rule>[A-Z]{0,4}[\d.]+)）(?P<end>。?)", re.DOTALL)
#: 《中国共产党发展党员工作细则》（2026）第十四条第三款; a rule may name several articles, one after another.
_CITED = re.compile(
    r"(?P<title>《[^《》]+》)(?P<issue>（(?P<year>\d{4})(?:年[^（）]*)?）)?(?P<places>(?:[、和]?第[〇零一二三四五六七八九十百\d]+[章条款项])*)"
)
_PLACE = re.compile(r"第([〇零一二三四五六七八九十百\d]+)([章条款项])")
_PLACES = {"章": "chapter", "条": "article", "款": "paragraph", "项": "item"}
#: What stands between the parts of a list, and how it is written in English.
_JOINTS = {
    " · ": " · ",
    " … ": " … ",
    "；": "; ",
    "，": ", ",
    "：": ": ",
    "、": ", ",
}
#: Joints of what was put together for the screen: a part may be a name.
_LOOSE = (" · ", " … ")
_LATIN = re.compile("[A-Za-z]{3}")
_DIGIT = re.compile(r"\d")
_DAY_OF = re.compile(r"(?P<value>\d{4}-\d{2}-\d{2})(?P<word>[㐀-鿿]{2,12})")
_COUNT_OF = re.compile(r"(?P<word>[^，。；：、]*[㐀-鿿])(?P<value>\d+)")
_MEASURED = re.compile(r"(?P<value>\d+(?:\.\d+)?) ?(?P<unit>[㐀-鿿]{1,4})")
_QUOTED = re.compile(r"“(?P<label>[^”]+)”(?P<rest>[^”]*)")
#: Characters of the longest label.
_LABEL = 14
#: A Chinese phrase that stands by itself among foreign words, such as the title in ``Print: 党员名册``.
_PHRASE = re.compile(r"(?:(?<=^)|(?<=[\s:·>(,]))[㐀-鿿《][^\s:·<(),.]*(?=$|[\s:·),.])")
#: More readings than these are not compared.
_READINGS = 8
#: How many texts are remembered, and of what length at most.
_KEPT, _LONG = 20_000, 200

Sentence = tuple[re.Pattern[str], str, str, bool]


class _Memory:
    """What is remembered of a catalogue: its messages with values, and what was said lately."""

    def __init__(self, catalogue: Any) -> None:
        self.sentences = _with_values(catalogue)
        self.told: dict[str, str] = {}


_memories: "WeakKeyDictionary[Any, _Memory]" = WeakKeyDictionary()


def _memory(catalogue: Any) -> _Memory:
    held = _memories.get(catalogue)
    if held is None:
        held = _memories[catalogue] = _Memory(catalogue)
    return held


def told(text: str, catalogue: Any) -> str:
    """``text`` in the catalogue's language, as far as it is known; the blanks around it stay."""
    bare = text.strip()
    if not HAN.search(bare):
        return text
    remembered = _memory(catalogue).told
    found = remembered.get(bare)
    if found is None:
        found = _read(bare, catalogue)
        if len(remembered) >= _KEPT:
            remembered.clear()
        if len(bare) <= _LONG:
            remembered[bare] = found
    return text.replace(bare, found, 1) if found != bare else text


def _read(bare: str, catalogue: Any) -> str:
    whole = str(catalogue.ugettext(bare))
    if whole != bare:
        return whole
    best, left = bare, _weight(bare)
    for other in _readings(bare, catalogue):
        weight = _weight(other)
        if weight < left:
            best, left = other, weight
        if not left:
            break
    return best


def _weight(text: str) -> int:
    return len(HAN.findall(text))


def _readings(bare: str, catalogue: Any) -> Iterator[str]:
    """The ways to read a text, the likeliest first."""
    yield from _as_unended(bare, catalogue)
    yield from _as_sentence(bare, catalogue, plain=True)
    yield from _with_rule(bare, catalogue)
    yield from _one_by_one(bare, catalogue)
    yield from _cited(bare, catalogue)
    yield from _labelled(bare, catalogue)
    yield from _in_parts(bare, catalogue)
    yield from _after_a_label(bare, catalogue)
    yield from _as_sentence(bare, catalogue, plain=False)
    yield _mixed(bare, catalogue)


def _as_unended(text: str, catalogue: Any) -> Iterator[str]:
    """A message said with or without its full stop."""
    if text.endswith(("。", "；")):
        found = told(text[:-1], catalogue)
        if found != text[:-1]:
            yield found.rstrip(".") + (";" if text.endswith("；") else ".")
    else:
        found = str(catalogue.ugettext(f"{text}。"))
        if found != f"{text}。":
            yield found.removesuffix(".")


def _after_a_label(text: str, catalogue: Any) -> Iterator[str]:
    """What is said of a field, behind its name: 姓名最多50个字, “会议日期”没有填写; a name in quotation marks alone."""
    quoted = _QUOTED.fullmatch(text)
    if quoted is not None:
        label, rest = told(quoted["label"], catalogue), told(quoted["rest"], catalogue) if quoted["rest"] else ""
        if rest != quoted["rest"]:
            yield f"“{label}”: {rest}"
        elif not rest and label != quoted["label"]:
            yield f"“{label}”"
        return
    for at in range(min(len(text) - 2, _LABEL), 1, -1) if _DIGIT.search(text) else ():
        label = str(catalogue.ugettext(text[:at]))
        if label != text[:at]:
            rest = told(text[at:], catalogue)
            if not HAN.search(rest):
                yield f"{label}: {rest}"


def _as_sentence(text: str, catalogue: Any, *, plain: bool) -> Iterator[str]:
    """The messages with values that a text may be.

    :param plain: a value holds no end of a sentence; who has to quote a whole remark comes later.
    """
    seen = 0
    for pattern, english, anchor, weak in _memory(catalogue).sentences:
        if anchor not in text:
            continue
        found = pattern.fullmatch(text)
        if found is None or (plain and any("。" in one for one in found.groups())):
            continue
        values = {name: _value(value, catalogue) for name, value in found.groupdict().items()}
        if weak and all(HAN.search(value) and values[name] == value for name, value in found.groupdict().items()):
            continue  # one word beside something nobody knows: a name, by chance
        yield VALUE.sub(lambda one, values=values: values.get(one[1], ""), english)  # type: ignore[misc]
        seen += 1
        if seen == _READINGS:
            return


def _value(text: str, catalogue: Any) -> str:
    number = _number(text)
    return str(number) if number is not None else told(text, catalogue)


def _number(text: str) -> int | None:
    """A Chinese numeral below a thousand: 二十四 → 24; ``None`` for anything else."""
    if text.isascii() and text.isdigit():
        return int(text)
    found = re.fullmatch(rf"(?:([{_NUMERAL}])百)?[零〇]?(?:([{_NUMERAL}])?(十))?([{_NUMERAL}])?", text.strip() or "x")
    if found is None:
        return None
    hundreds, tens, ten, ones = found.groups()
    digit = (" " + _NUMERAL).index
    return digit(hundreds or " ") * 100 + (digit(tens) if tens else 1 if ten else 0) * 10 + digit(ones or " ")


def _with_rule(text: str, catalogue: Any) -> Iterator[str]:
    found = _RULE.fullmatch(text)
    if found is not None:
        other = told(found["said"], catalogue)
        if other != found["said"]:
            yield f"{other.removesuffix('.')} ({found['rule']}){'.' if found['end'] else ''}"


def _one_by_one(text: str, catalogue: Any) -> Iterator[str]:
    """Several sentences one after another."""
    parts = _SENTENCE_END.split(text)
    if len(parts) > 1:
        found = [told(part, catalogue) for part in parts]
        if _LATIN.search(text) or _all_known(parts, found):  # of a text in two languages each sentence is one's own
            yield " ".join(found)


def _all_known(parts: list[str], found: list[str]) -> bool:
    """Whether every part is known. What somebody has written may hold a message of ours by chance, and is left alone."""
    return all(one != part or not HAN.search(part) for part, one in zip(parts, found, strict=True))


def _labelled(text: str, catalogue: Any) -> Iterator[str]:
    """A day and what it is, 2026-06-22任期届满; a label and its number, 女党员72; a number and its unit, 30天."""
    found = _DAY_OF.fullmatch(text) or _COUNT_OF.fullmatch(text)
    if found is not None:
        other = told(found["word"], catalogue)
        if other != found["word"]:
            yield f"{other} {found['value']}"
    measured = _MEASURED.fullmatch(text)
    if measured is not None:
        unit = str(catalogue.ugettext(measured["unit"]))
        if unit != measured["unit"]:
            yield f"{measured['value']} {unit}"


def _cited(text: str, catalogue: Any) -> Iterator[str]:
    """References to regulations, within a text or by themselves; titles that are not known stay."""
    if "《" not in text:
        return

    def english(found: re.Match[str]) -> str:
        title = str(catalogue.ugettext(found["title"]))
        if title == found["title"]:
            return found[0]
        places = [f"{_PLACES[kind]} {_number(number)}" for number, kind in _PLACE.findall(found["places"])]
        return ", ".join([f"{title} ({found['year']})" if found["year"] else title, *places])

    other = _CITED.sub(english, text)
    if other != text:
        yield other if not HAN.search(other) else told(other, catalogue)


def _in_parts(text: str, catalogue: Any) -> Iterator[str]:
    """A list of labels, such as 女、汉族, if all of them are known; a label and what it labels, if the label is."""
    for joint, english in _JOINTS.items():
        parts = [part for part in text.split(joint) if part.strip()]
        if len(parts) > 1:
            found = [told(part, catalogue) for part in parts]
            loose = joint in _LOOSE or (joint == "：" and found[0] != parts[0])
            if found != parts and (loose or _all_known(parts, found)):
                yield english.join(found)


def _mixed(text: str, catalogue: Any) -> str:
    """A text that is partly translated already: phrases standing by themselves are looked up by themselves."""
    if not re.search("[A-Za-z0-9·…]", text):
        return text
    return _PHRASE.sub(lambda one: one[0] if one[0] == text else told(one[0], catalogue), text)


def _with_values(catalogue: Any) -> list[Sentence]:
    """The catalogue's messages with values, those with the most fixed text first: recogniser, English, part, whether short."""
    texts: Iterable[tuple[Any, Any]] = getattr(catalogue, "_catalog", {}).items()
    pairs = [(k.strip(), v.strip()) for k, v in texts if isinstance(k, str) and v and VALUE.search(k) and HAN.search(k)]
    pairs.sort(key=lambda pair: -len(VALUE.sub("", pair[0])))
    return [
        (pattern(k), v, max(VALUE.sub("\0", k).split("\0"), key=len), _weight(VALUE.sub("", k)) < 3)
        for k, v in pairs
        if _weight(VALUE.sub("", k))
    ]


@lru_cache(maxsize=4096)
def pattern(template: str) -> re.Pattern[str]:
    """What recognises a message with values; a value named twice is the same both times."""
    parts, at, seen = [], 0, set()
    for found in VALUE.finditer(template):
        parts.append(re.escape(template[at : found.start()]))
        name = found[1]
        parts.append(f"(?P={name})" if name in seen else f"(?P<{name}>.+?)")
        seen.add(name)
        at = found.end()
    return re.compile("".join(parts) + re.escape(template[at:]), re.DOTALL)
