"""The kinds of service posts as a slip says them: known words become a kind, all others the kind other."""

import re
from typing import Any, Final, Self

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.core.fields import NotUnderstood, Worded
from app.registrations.choices import PostKind

LONGEST: Final = 200
_PARTS: Final = re.compile(r"[、，,;；\n]+")

_WORDS: Final = {
    PostKind.ORGANISATION: ("组织", "党建", "党课", "宣讲", "organisation"),
    PostKind.LEGAL_AID: ("法律", "普法", "法治", "法援", "legal"),
    PostKind.HARDSHIP: ("助困", "帮困", "扶困", "就业", "帮扶", "hardship"),
    PostKind.GOVERNANCE: ("治理", "调解", "议事", "环境", "governance"),
    PostKind.HEALTH: ("健康", "医疗", "义诊", "卫生", "health"),
    PostKind.CULTURE: ("文化", "体育", "文体", "文艺", "culture"),
    PostKind.SAFETY: ("安全", "巡逻", "治安", "反诈", "safety"),
}
"""What a word of a slip holds that means a kind; 环境卫生 is governance, so the order counts."""


def kind_of(word: str) -> PostKind:
    """Return the kind a word of a slip means; one nobody knows means other."""
    return next((kind for kind, signs in _WORDS.items() if any(sign in word for sign in signs)), PostKind.OTHER)


class PostKinds(Worded):
    """The kinds of posts a member would like, with the words they were written in."""

    schema = {
        "type": "object",
        "properties": {
            "words": {"type": "string", "maxLength": LONGEST},
            "kinds": {"type": "array", "items": {"enum": [kind.value for kind in PostKind]}},
        },
        "required": ["words"],
    }

    def __init__(self, words: str) -> None:
        self.words = words
        parts = [part.strip() for part in _PARTS.split(words) if part.strip()]
        self.kinds = tuple(dict.fromkeys(kind_of(part) for part in parts))

    @classmethod
    def read(cls, text: str) -> Self | None:
        """Read what somebody typed. Raises NotUnderstood for what is too long."""
        if len(text) > LONGEST:
            raise NotUnderstood(gettext("At most %(most)s characters.", most=LONGEST))
        return cls(text) if text.strip() else None

    @classmethod
    def of(cls, plain: Any) -> Self | None:
        """Take the JSON back; the kinds follow from the words. Raises NotUnderstood."""
        if plain is None:
            return None
        words = plain.get("words") if isinstance(plain, dict) else None
        if not isinstance(words, str):
            raise NotUnderstood(_("This is not a list of posts."))
        return cls.read(words)

    def plain(self) -> Any:
        """Return it as JSON."""
        return {"words": self.words, "kinds": [kind.value for kind in self.kinds]}

    def __str__(self) -> str:
        return self.words

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PostKinds) and self.words == other.words

    def __hash__(self) -> int:
        return hash(self.words)
