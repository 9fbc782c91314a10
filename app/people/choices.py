"""The national code tables of a person: small tables of our own, each under the codes of the standard it names.

The code is stored and sent, the word is shown. `meant` reads the words people write for them.
"""

import enum
import unicodedata
from collections.abc import Mapping
from typing import Any, Final, TypeVar

from flask_babel import lazy_gettext as _

from app.core.fields import Labelled
from app.people.ethnic import Ethnic


@enum.unique
class Sex(Labelled):
    """GB/T 2261.1."""

    UNKNOWN = "0", _("Not known")
    MALE = "1", _("Male")
    FEMALE = "2", _("Female")
    UNSTATED = "9", _("Not stated")


@enum.unique
class Education(Labelled):
    """GB/T 4658: the highest degree."""

    GRADUATE = "10", _("Graduate degree")
    BACHELOR = "20", _("Bachelor's degree")
    COLLEGE = "30", _("College diploma")
    VOCATIONAL = "40", _("Secondary vocational school")
    SENIOR = "60", _("Senior secondary school")
    JUNIOR = "70", _("Junior secondary school")
    PRIMARY = "80", _("Primary school")
    OTHER = "90", _("Other education")


@enum.unique
class Political(Labelled):
    """GB/T 4762: political status."""

    PARTY_MEMBER = "01", _("Party member")
    PROBATIONARY = "02", _("Probationary party member")
    LEAGUE = "03", _("League member")
    MINGE = "04", _("Member of the Revolutionary Committee of the Kuomintang")
    MINMENG = "05", _("Member of the Democratic League")
    MINJIAN = "06", _("Member of the National Construction Association")
    MINJIN = "07", _("Member of the Association for Promoting Democracy")
    NONGGONG = "08", _("Member of the Peasants' and Workers' Democratic Party")
    ZHIGONG = "09", _("Member of the Zhi Gong Party")
    JIUSAN = "10", _("Member of the Jiusan Society")
    TAIMENG = "11", _("Member of the Taiwan Self-Government League")
    INDEPENDENT = "12", _("Personage without party")
    MASSES = "13", _("No party")


@enum.unique
class Marital(Labelled):
    """GB/T 2261.2."""

    SINGLE = "10", _("Never married")
    MARRIED = "20", _("Married")
    FIRST = "21", _("Married for the first time")
    AGAIN = "22", _("Married again")
    RESUMED = "23", _("Married to the same person again")
    WIDOWED = "30", _("Widowed")
    DIVORCED = "40", _("Divorced")
    UNSTATED = "90", _("Marriage not stated")


@enum.unique
class Relation(Labelled):
    """GB/T 4761, its first digit: what one is to the head of the household."""

    HEAD = "0", _("Head of the household")
    SPOUSE = "1", _("Spouse")
    SON = "2", _("Son")
    DAUGHTER = "3", _("Daughter")
    GRANDCHILD = "4", _("Grandchild")
    PARENT = "5", _("Parent")
    GRANDPARENT = "6", _("Grandparent")
    SIBLING = "7", _("Brother or sister")
    OTHER = "8", _("Other relation")


@enum.unique
class Residence(Labelled):
    """Whether somebody lives here for good (S0-02)."""

    PERMANENT = "permanent", _("Permanent resident")
    FLOATING = "floating", _("Here for a time")
    ABSENT = "absent", _("Registered here, living elsewhere")
    OVERSEAS = "overseas", _("From outside the mainland")


@enum.unique
class Consent(Labelled):
    """What the person said to the community keeping their data (PIPL, articles 13 to 15), and how."""

    WRITTEN = "written", _("Agreed in writing")
    SPOKEN = "spoken", _("Agreed by word of mouth")
    ONLINE = "online", _("Agreed online")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Took it back")


AGREED: Final = frozenset({Consent.WRITTEN, Consent.SPOKEN, Consent.ONLINE})


@enum.unique
class Guardianship(Labelled):
    """What a guardian is to the child (Civil Code, article 27)."""

    PARENT = "parent", _("Father or mother")
    GRANDPARENT = "grandparent", _("Grandfather or grandmother")
    SIBLING = "sibling", _("Elder brother or sister")
    OTHER = "other", _("Another relative or friend")
    BODY = "body", _("The community or a public body")


SPELLINGS: Final[Mapping[type[Labelled], Mapping[str, Labelled]]] = {
    Sex: {
        "男性": Sex.MALE,
        "男士": Sex.MALE,
        "先生": Sex.MALE,
        "M": Sex.MALE,
        "女性": Sex.FEMALE,
        "女士": Sex.FEMALE,
        "F": Sex.FEMALE,
    },
    Education: {
        "硕士": Education.GRADUATE,
        "博士": Education.GRADUATE,
        "研究生教育": Education.GRADUATE,
        "硕士研究生": Education.GRADUATE,
        "博士研究生": Education.GRADUATE,
        "本科": Education.BACHELOR,
        "大学": Education.BACHELOR,
        "学士": Education.BACHELOR,
        "专科": Education.COLLEGE,
        "大专": Education.COLLEGE,
        "高职": Education.COLLEGE,
        "中专": Education.VOCATIONAL,
        "技校": Education.VOCATIONAL,
        "职高": Education.VOCATIONAL,
        "高中": Education.SENIOR,
        "初中": Education.JUNIOR,
        "文盲": Education.OTHER,
    },
    Political: {
        "党员": Political.PARTY_MEMBER,
        "正式党员": Political.PARTY_MEMBER,
        "中国共产党党员": Political.PARTY_MEMBER,
        "预备党员": Political.PROBATIONARY,
        "团员": Political.LEAGUE,
        "民革": Political.MINGE,
        "民盟": Political.MINMENG,
        "民建": Political.MINJIAN,
        "民进": Political.MINJIN,
        "农工党": Political.NONGGONG,
        "致公党": Political.ZHIGONG,
        "九三学社": Political.JIUSAN,
        "台盟": Political.TAIMENG,
        "无党派": Political.INDEPENDENT,
        "普通群众": Political.MASSES,
        "非党员": Political.MASSES,
    },
    Marital: {
        "丧": Marital.WIDOWED,
        "未": Marital.SINGLE,
        "已": Marital.MARRIED,
        "离": Marital.DIVORCED,
        "丧夫": Marital.WIDOWED,
        "丧妻": Marital.WIDOWED,
        "单身": Marital.SINGLE,
        "离婚": Marital.DIVORCED,
    },
    Relation: {
        "本人": Relation.HEAD,
        "户主": Relation.HEAD,
        "丈夫": Relation.SPOUSE,
        "妻子": Relation.SPOUSE,
        "夫": Relation.SPOUSE,
        "妻": Relation.SPOUSE,
        "夫妻": Relation.SPOUSE,
        "儿子": Relation.SON,
        "长子": Relation.SON,
        "次子": Relation.SON,
        "女儿": Relation.DAUGHTER,
        "长女": Relation.DAUGHTER,
        "次女": Relation.DAUGHTER,
        "孙子": Relation.GRANDCHILD,
        "孙女": Relation.GRANDCHILD,
        "外孙": Relation.GRANDCHILD,
        "外孙子": Relation.GRANDCHILD,
        "外孙女": Relation.GRANDCHILD,
        "父": Relation.PARENT,
        "母": Relation.PARENT,
        "父亲": Relation.PARENT,
        "母亲": Relation.PARENT,
        "祖父": Relation.GRANDPARENT,
        "祖母": Relation.GRANDPARENT,
        "兄": Relation.SIBLING,
        "弟": Relation.SIBLING,
        "姐": Relation.SIBLING,
        "妹": Relation.SIBLING,
        **dict.fromkeys(("老公", "老婆", "爱人", "老伴"), Relation.SPOUSE),
        **dict.fromkeys(("三子", "独生子", "养子"), Relation.SON),
        **dict.fromkeys(("三女", "独生女", "养女"), Relation.DAUGHTER),
        **dict.fromkeys(("爸爸", "妈妈", "公公", "婆婆", "岳父", "岳母"), Relation.PARENT),
        **dict.fromkeys(("爷爷", "奶奶", "外公", "外婆", "外祖父", "外祖母"), Relation.GRANDPARENT),
        **dict.fromkeys(("哥哥", "弟弟", "姐姐", "妹妹"), Relation.SIBLING),
    },
    Residence: {
        "常住": Residence.PERMANENT,
        "户籍人口": Residence.PERMANENT,
        "流动": Residence.FLOATING,
        "租户": Residence.FLOATING,
        "暂住": Residence.FLOATING,
        "人户分离": Residence.ABSENT,
        "空挂": Residence.ABSENT,
        "境外": Residence.OVERSEAS,
    },
    Ethnic: {"毛难族": Ethnic.MAONAN, "崩龙族": Ethnic.DEANG, "鲜族": Ethnic.KOREAN, "维族": Ethnic.UYGHUR},
}
"""What people write instead of the words of the table."""

Choice = TypeVar("Choice", bound=Labelled)

_GROUP: Final = "族"


def meant(table: type[Choice], text: str) -> Choice | None:
    """Return the choice people mean by what they write: its code, its word, or another common one; None if none."""
    tidy = "".join(unicodedata.normalize("NFKC", text).split())
    known: dict[str, Any] = {**{str(one.label): one for one in table}, **SPELLINGS.get(table, {})}
    known |= {str(one.value): one for one in table}
    if table is Ethnic and tidy not in known:
        tidy += _GROUP
    return known.get(tidy) or known.get(tidy.upper())
