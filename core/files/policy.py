"""The values a tenant may set for its files, and the periods for which archive classes are kept (R16.10, R16.11)."""

from core.policy.registry import Direction, PolicyKey, Tag, registry

_MAX, _FREE, _D, _R = Direction.MAX, Direction.FREE, Tag.DESIGN, Tag.RECALLED
_OWN, _RULES = "本平台默认", "机关文件材料归档范围和文书档案保管期限规定"

FILE_BYTES = PolicyKey("files.max_mb", 20, "MB", _FREE, _OWN, _D, "单个附件的最大大小")
QUOTA = PolicyKey("files.quota_mb", 20480, "MB", _FREE, _OWN, _D, "本单位附件的总容量")
PIXELS = PolicyKey("files.max_megapixels", 25, "百万像素", _MAX, _OWN, _D, "单张图片的最大像素数")
TYPES = PolicyKey(
    "files.types", "pdf ofd docx xlsx pptx doc xls jpg png webp txt", "", _FREE, _OWN, _D, "可以上传的附件格式"
)
GRACE = PolicyKey("files.removed_days", 30, "天", _FREE, _OWN, _D, "误传后删除的附件保留天数")
MISTAKE = PolicyKey("files.mistake_days", 7, "天", _MAX, "名册规则2.8", _D, "上传后多少天内删除视为误传")

#: Archive classes (R16.10) with years of retention; 0 is for ever (R16.11).
CLASSES = {
    "01": ("综合", 10), "02": ("组织建设", 0), "03": ("换届", 0), "04": ("党员名册与年报", 0), "05": ("发展党员", 30),
    "06": ("组织生活", 30), "07": ("学习培训", 10), "08": ("民主评议与处置", 30), "09": ("党费", 30), "10": ("组织关系", 30),
    "11": ("流动党员", 10), "12": ("关怀帮扶", 10), "13": ("党务公开与意见", 10), "14": ("考核督查", 10), "15": ("表彰", 0),
    "16": ("影像", 10),
}  # fmt: skip
RETENTION = {
    code: PolicyKey(f"archive.{code}.years", years, "年", _FREE, _RULES, _R, f"“{title}”类档案保管期限（0为永久）")
    for code, (title, years) in CLASSES.items()
}
FILE_KEYS = (FILE_BYTES, QUOTA, PIXELS, TYPES, GRACE, MISTAKE, *RETENTION.values())
registry.declare(FILE_KEYS)


def class_title(code: str | None) -> str:
    """An archive class as people call it."""
    return f"{code} {CLASSES[code][0]}" if code in CLASSES else ""
