"""English of single words: their plural, their singular, the article before them.

For names of columns, which may be any text. A word whose plural is uncertain gets none, and the caller rephrases the
sentence. (The package `inflect` was tried: it needs 2 s to load, and gives "clas" as the singular of class,
"MBAS", "IDss", "an SCHOOL_NAME" and "a SES".)
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

_PAIRS = """
    child:children grandchild:grandchildren person:people man:men woman:women mouse:mice foot:feet tooth:teeth goose:geese
    leaf:leaves half:halves life:lives wife:wives knife:knives shelf:shelves wolf:wolves calf:calves loaf:loaves thief:thieves
    analysis:analyses basis:bases crisis:crises diagnosis:diagnoses hypothesis:hypotheses thesis:theses synthesis:syntheses
    axis:axes criterion:criteria phenomenon:phenomena bacterium:bacteria medium:media stratum:strata spectrum:spectra
    curriculum:curricula symposium:symposia quantum:quanta stimulus:stimuli fungus:fungi alumnus:alumni nucleus:nuclei
    locus:loci genus:genera larva:larvae alga:algae taxon:taxa matrix:matrices vertex:vertices hero:heroes potato:potatoes
    tomato:tomatoes quiz:quizzes movie:movies cookie:cookies epoch:epochs stomach:stomachs monarch:monarchs tech:techs
    cache:caches niche:niches human:humans german:germans roman:romans specimen:specimens regimen:regimens bus:buses
    gas:gases lens:lenses bias:biases canvas:canvases atlas:atlases id:ids tie:ties pie:pies lie:lies
"""
_SAME = "series species sheep fish deer aircraft spacecraft offspring salmon trout bison"
_NO_PLURAL = """
    data staff news information equipment software hardware research evidence feedback music police cattle clergy
    mathematics statistics physics economics politics genetics
"""
_ONSETS = """
    bl br ch cl cr dr dw fl fr gh gl gn gr kn kr ph pl pr ps qu rh sc sch scr sh shr sk sl sm sn sp spl spr squ st str sw
    th thr tr ts tw wh wr
"""
_SHORT_WORDS = """
    age ant arm bag bar bat bay bed bee box boy bus car cat cow cup day dog ear egg eye fan fly gas hen hex job kid lab leg
    lot man men mix mom net pen pig pit pot rat rod row run sea set sex six son sun ten toy two use van war zoo one
"""
_MANY = dict(pair.split(":") for pair in _PAIRS.split())
_ONE = {many: one for one, many in _MANY.items()}
_SAME_BOTH, _NONE, _SHORT = (frozenset(text.split()) for text in (_SAME, _NO_PLURAL, _SHORT_WORDS))
_DOUBTFUL = re.compile("(?:man|men|ese|[aeio]us|ae|i)$")
"""Ends of words whose plural is anybody's guess, or that may be plurals: workman, Chinese, radius, larvae, alumni."""

_SAYABLE = re.compile(f"(?:[aeiouy]|[^aeiou]?[aeiouy]|(?:{'|'.join(_ONSETS.split())})[aeiouy])", re.IGNORECASE)
_YOU = re.compile("u(?:ni(?!n|m[mp])|s[aeiou]|t[aeio]|r[aeio]|[bfgk][aio]|k$|kr|vu|$)|eu|ew|onc?e(?:$|s$)")
"""Begins of words that are said as if they began with a consonant: unit, user, European, one."""
_SILENT_H = ("hour", "honest", "honor", "honour", "heir")


def plural_word(word: str) -> str | None:
    """Give a singular word's plural: "city" gives "cities", "child" "children"; None where no rule can be relied on.

    Parameters
    ----------
    word : str
        Letters of a to z, the first perhaps a capital.
    """
    low = word.lower()
    if low in _NONE:
        return None
    if low in _SAME_BOTH:
        return word
    if low in _MANY:
        return word[0] + _MANY[low][1:]
    if not re.search("[aeiouy]", low) or len(low) < 3 or _DOUBTFUL.search(low):
        return None
    if low.endswith(("s", "x", "z", "ch", "sh")):
        return word + "es"
    if re.search("[^aeiou]y$", low):
        return word[:-1] + "ies"
    return word + "s"


def singular_word(word: str) -> str | None:
    """Give the singular of a plural word; the word itself where it is none; None where no rule can be relied on."""
    low = word.lower()
    if low in _NONE:
        return None
    if low in _ONE:
        return word[0] + _ONE[low][1:]
    if low in _MANY or low in _SAME_BOTH or not low.endswith("s") or low.endswith(("ss", "us", "is")):
        return word
    if low.endswith("oes") or len(low) < 4:
        return None
    if low.endswith("ies"):
        return word[:-3] + "y"
    return word[:-2] if re.search("(?:ch|sh|ss|x|zz|[^aeo]us)es$", low) else word[:-1]


def article(phrase: str) -> str:
    """Give "a" or "an" for what follows, by its sound: "an hour", "a university", "an MBA", "an x", "an 8"."""
    plain = unicodedata.normalize("NFKD", phrase)
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign)).lstrip("“")
    result = re.match(r"\d[\d,]*|[A-Z]+(?![a-z])|[A-Z]?[a-z]+", plain)
    if not result:
        return "a"
    first = result[0]
    if first[0].isdigit():  # eight, eleven, eighteen, and as many thousands
        digits = first.replace(",", "")
        return "an" if digits[0] == "8" or re.fullmatch(r"1[18](\d{3})*", digits) else "a"
    if _spelled(first):
        return "an" if first[0].lower() in "aefhilmnorsx" else "a"
    low = first.lower()
    if low.startswith(_SILENT_H):
        return "an"
    return "an" if low[0] in "aeiou" and not _YOU.match(low) else "a"


def _spelled(first: str) -> bool:
    """Whether a word is pronounced letter by letter: FBI, SES, x, mri."""
    if not _SAYABLE.match(first) or not re.search("[aeiouy]", first, re.IGNORECASE) or len(first) == 1:
        return True
    return first.isupper() and len(first) <= 3 and first.lower() not in _SHORT


def all_of(n: int, many: str) -> str:
    """So many of something, none left out: "both schools", "all 3 schools"."""
    return f"both {many}" if n == 2 else f"all {n:,} {many}"


def listed(names: Sequence[str]) -> str:
    """Names as in a sentence: "a", "a and b", "a, b and c"."""
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))
