"""One table."""

from sqlalchemy.orm import Mapped

from core.sdk import Model


class Junk(Model):
    """Something."""

    __tablename__ = "junk"
    __table_args__ = {"schema": "p_hostile"}

    body: Mapped[str]
