"""What stands in the paths and bodies of ranking besides what all services have."""

from typing import Any

from services.ranking.editions.model import AUDIENCES
from shared.contracts.fields import Text
from shared.web.routing import PathConverter


class AudienceConverter(PathConverter):
    """For whom an edition is."""

    regex = f"(?:{'|'.join(AUDIENCES)})"

    @classmethod
    def document(cls) -> dict[str, Any]:
        """Its JSON Schema."""
        return {"type": "string", "enum": list(AUDIENCES)}


class NumberConverter(PathConverter):
    """An edition's number: from 1, without leading zeros."""

    regex = "[1-9][0-9]{0,8}"

    @classmethod
    def document(cls) -> dict[str, Any]:
        """Its JSON Schema."""
        return {"type": "integer", "minimum": 1, "maximum": 999_999_999}

    def to_python(self, value: str) -> int:
        """Digits to a whole number."""
        return int(value)


CONVERTERS: dict[str, type[PathConverter]] = {"audience": AudienceConverter, "number": NumberConverter}


class Wording(Text):
    """Text that says something: blanks around it are dropped, and none is left empty."""

    def __init__(self, longest: int = 1000, **kwargs: Any) -> None:
        super().__init__(longest=longest, shortest=1, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        return text.strip() if isinstance(text, str) else text
