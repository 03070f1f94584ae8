"""The numbers of suggestions and complaints."""

from core.policy.registry import Direction, PolicyKey, Tag, registry

ANSWER_DAYS = PolicyKey(
    "feedback.answer_days", 15, "天", Direction.MAX, "本平台默认", Tag.DESIGN, "收到投诉建议后多少天内答复", lowest=1
)
registry.declare([ANSWER_DAYS])
