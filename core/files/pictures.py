"""Pictures drawn anew: what is kept holds pixels and nothing else, neither place, camera nor hidden contents. Pure."""

import io
import warnings
from threading import Lock

from core.files.kinds import FileKind, Unacceptable

#: The longer side of a kept picture, in pixels: an A4 page at 400 dots an inch.
LONGEST_SIDE = 4700
_FORMATS = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP"}
_READ = ("JPEG", "PNG", "WEBP", "GIF", "BMP")
#: One picture at a time in a process: what is unpacked is many times the file.
_one = Lock()


def redrawn(content: bytes, kind: FileKind, *, megapixels: int) -> bytes:
    """The picture in its own format, upright, without metadata, no longer side than :data:`LONGEST_SIDE`.

    :param megapixels: what it may unpack to at most; larger photographs are read at a smaller scale.
    :raises Unacceptable: no picture, one of several frames, or larger than that.
    """
    from PIL import UnidentifiedImageError

    with _one, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return _redrawn(content, kind, megapixels * 1_000_000)
        except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, MemoryError) as error:
            if isinstance(error, Unacceptable):
                raise
            raise Unacceptable("图片不完整或已损坏。请打开确认无误，另存一份后重新上传。") from error


def _redrawn(content: bytes, kind: FileKind, most: int) -> bytes:
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = None  # the bound below is asked before anything is unpacked
    with Image.open(io.BytesIO(content), formats=_READ) as opened:
        if getattr(opened, "n_frames", 1) > 1:
            raise Unacceptable("不能上传动图。请另存为单张图片。")
        picture: Image.Image = opened
        if picture.width * picture.height > most:
            picture.draft("RGB", (LONGEST_SIDE // 2, LONGEST_SIDE // 2))  # only JPEG can be read at a smaller scale
        if picture.width * picture.height > most:
            raise Unacceptable(f"图片有 {picture.width}×{picture.height} 像素，太大了。请缩小后上传。")
        picture = ImageOps.exif_transpose(picture)
        clear = picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info
        picture = picture.convert("RGBA" if clear and kind.code != "jpg" else "RGB")
        picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        blank = Image.new(picture.mode, picture.size)  # a new image has no metadata that could be written along
        blank.paste(picture)
        made = io.BytesIO()
        blank.save(made, _FORMATS[kind.code], **({} if kind.code == "png" else {"quality": 88}))
        return made.getvalue()
