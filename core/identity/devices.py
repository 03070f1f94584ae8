"""A user agent in words a person recognises: which browser on which system. Pure."""

_BROWSERS = (
    ("wxwork", "企业微信"),
    ("micromessenger", "微信"),
    ("dingtalk", "钉钉"),
    ("edg", "Edge"),
    ("firefox", "Firefox"),
    ("chrome", "Chrome"),
    ("safari", "Safari"),
)
_SYSTEMS = (
    ("harmonyos", "鸿蒙"),
    ("openharmony", "鸿蒙"),
    ("iphone", "iPhone"),
    ("ipad", "iPad"),
    ("android", "安卓"),
    ("windows", "Windows"),
    ("mac os", "macOS"),
    ("linux", "Linux"),
)


def device_of(agent: str | None) -> str:
    """Such as ``Chrome · Windows``; ``未知设备`` when nothing is recognised."""
    text = (agent or "").lower()[:500]
    words = [next((word for mark, word in known if mark in text), None) for known in (_BROWSERS, _SYSTEMS)]
    return " · ".join(word for word in words if word) or "未知设备"
