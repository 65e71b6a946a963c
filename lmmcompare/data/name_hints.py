"""What the name of a column, or the label that a file gives it, hints at: a group, an outcome, a predictor."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


GROUP_WORDS = _words(
    "id ids ident identifier subject subjects subj group groups grp cluster clusters school schools class classroom teacher batch "
    "plate block blocks site center centre clinic hospital patient patients person people participant participants student pupil "
    "child family household team firm company plot field farm region country state county city district village range lab "
    "laboratory rater judge study unit pair twin row col column room ward animal litter tank cage "
    "item speaker user worker lecturer station tree sample bloc bloco bloque rep reps replicate replicates replication run herd "
    "flock nest brood colony hive cow pig sheep rat mouse dog consumer assessor panelist employee store shop code nr no number "
    "schule schulnr schulnummer klasse schüler schueler lehrer lehrkraft proband vpn vp teilnehmer gruppe klinik krankenhaus betrieb "
    "haushalt kreis école ecole élève eleve sujet ménage escuela colegio sujeto alumno paciente hogar familia scuola soggetto paziente"
)
"""In English, German, French, Spanish and Italian."""
OUTCOME_WORDS = _words(
    "y outcome outcomes score scores value response reaction result results dv target yield strength diameter rt "
    "measure measurement rating grade mark ach achievement exam test math achiev weight height sales gain growth concentration "
    "signal count counts satisfaction performance stress anxiety depression "
    "leistung punkte punktzahl ergebnis messwert reaktionszeit gewicht zufriedenheit résultat résultats réponse resultado respuesta"
)
EVENT_WORDS = _words(
    "outcome resp response event status success correct accuracy acc case infected infect infection ill sick disease died dead death "
    "survived survival alive passed pass failed failure vote voted user use uses used takeup adopted hired denied admitted "
    "positive cured healed recovered relapse improved remission pain headache damage damaged present presence absent agree agreed won win"
)
"""What happens or does not: words for columns of 0 and 1 that are outcomes."""
PREDICTOR_WORDS = _words(
    "x trt time day days week weeks month months year age treatment treat dose drug condition arm exposure intervention "
    "length size hours temperature covariate predictor diet fertilizer fertiliser method product therapy "
    "wave waves visit visits occasion occasions distance depth altitude elevation experience"
)
WEAK_GROUP_WORDS = _words(
    "code nr no number sample range class unit row col column rep reps replicate replicates replication run"
)
IDENTIFIER_WORDS = _words("id ids ident identifier nr no number code")
TIME_WORDS = _words(
    "time day days date week weeks month months year wave waves visit visits occasion occasions period session phase"
)
"""What the same groups are looked at in again."""
REPETITION_WORDS = _words(
    "rep reps repeat replicate replicates replication run sample row col column trial trials index idx"
)
"""What is numbered where the same is done again, or side by side: a number of it is no amount."""
RUNNING_WORDS = _words("total cumulative cum running")
"""What is summed up so far, where it rises from row to row."""
TOTAL_WORDS = _words("n total trials")
"""How many there were, of which the outcome counts some."""
PLACE_WORDS = _words("pop population longitude latitude lon lat easting northing")
"""How large a place is, and where."""
PRECISION_WORDS = _words("var variance vi se sei stderr sd std sem")
"""What says how exactly the value beside it is known, in tables of studies."""
SUMMARY_WORDS = _words("max min maximum minimum average avg")
"""What is worked out of the values of another column, as the devices of watches and laboratories write beside it."""
_CAPITAL = re.compile(r"([a-z])([A-Z])")
_WORD = re.compile(r"[^\W\d_]+")
_NUMBERED = re.compile(r"(.*[^\W\d_])[ ._\-]?\d{1,5}")
_ASKS_WHICH = re.compile(r"(?i)\b(which|what|whose)\b")
_COUNTS = re.compile(r"(?i)(number|no\.?|nr\.?|n|count|anzahl|nombre) (of|der|de)\b|#")
_RUN_TOGETHER = re.compile(r"([^\W\d_]{3,})(?:id|nr|num)|[^\W\d_]+code")
"""Two words written as one: schid, distid, zipcode."""

_HINTS = GROUP_WORDS | OUTCOME_WORDS | EVENT_WORDS | PREDICTOR_WORDS
SHORTEST_PART = 3
"""Letters of each of two words that are written as one."""
LONGEST_LABEL = 8
"""Words of a label that is read: a longer one is a question, not a name."""
CUT_AT = 8
"""Letters to which old formats cut the names of columns."""
_BEFORE_AND_AFTER = (("pre", "post"), ("pr", "po"), ("before", "after"))
"""Ends of two names of which the one was measured before, the other after."""
FEWEST_ITEMS, SHORTEST_STEM = 3, 2
"""Numbered columns that may be the items of a scale; letters before their numbers."""


@lru_cache(maxsize=5_000)  # a guess asks for the same few names again and again
def words_of(name: str) -> tuple[str, ...]:
    """The words of a column's name, in lower case: "testScore", "testSCORE" and "test_score" are all test, score."""
    return tuple(_WORD.findall(_CAPITAL.sub(r"\1 \2", name).lower()))


def _two_words(word: str) -> tuple[str, ...]:
    """The two hints that a word is put together of, such as mathgain, testscore; else the word."""
    for k in range(SHORTEST_PART, len(word) - SHORTEST_PART + 1):
        if word[:k] in _HINTS and word[k:] in _HINTS:
            return word[:k], word[k:]
    return (word,)


def _is_cut(word: str, hints: frozenset[str]) -> bool:
    """Whether a word is a hint to the eighth letter, where SPSS and SAS cut names for decades: experien, satisfac."""
    return len(word) == CUT_AT and any(hint.startswith(word) for hint in hints)


@lru_cache(maxsize=5_000)
def name_score(name: str, hints: frozenset[str]) -> float:
    """3 where a word of the name is a hint, 1.5 where one contains a hint (or the hint is a weak one), else 0."""
    words = [part for word in words_of(name) for part in _two_words(word)]
    if hints is GROUP_WORDS and (counts_things(name) or asks_how(name)):
        return 0.0
    if len(words) > 1:  # an outcome may be called y; the y of "point Y" is a place
        words = [word for word in words if len(word) > 1]
    result = [word for word in words if word in hints or _is_cut(word, hints)]
    if result:
        if hints is not GROUP_WORDS or not WEAK_GROUP_WORDS.issuperset(result):
            return 3.0
        return 1.5 if words[-1] in hints else 0.0  # the sample, the sample's number; not the sample's weight
    long = [hint for hint in hints if len(hint) >= 4]
    return 1.5 if any(hint in word for word in words for hint in long) else 0.0


def hint(name: str, hints: frozenset[str], labels: Mapping[str, str]) -> float:
    """What a column's name or its label hint at, from 0 to 3."""
    label = labels.get(name, "")
    read = name_score(label, hints) if label and len(label.split()) <= LONGEST_LABEL else 0.0
    return max(name_score(name, hints), read)


@lru_cache(maxsize=5_000)
def asks_how(name: str) -> bool:
    """Whether a name is a question that is not answered by names: its words are those of the question, "How quiet was your room?".

    "Which school are you at?" is answered by names. What survey programs write behind a question is an item of it.
    """
    is_question = "?" in name or len(name.split()) > LONGEST_LABEL
    return is_question and not _ASKS_WHICH.search(name)


def asks_since_when(name: str) -> bool:
    """Whether a column is called an age, or asks for one or for years of something: asked to explain other answers."""
    return words_of(name)[-1:] == ("age",) or re.search(r"(?i)\bhow (many years|old|long)\b", name) is not None


def is_version(name: str) -> bool:
    """Whether a column is called the version of a program: 2023.2.3 is none of February then."""
    words = {*words_of(name)}
    return bool(words & {"version", "build", "release"}) and not words & TIME_WORDS


def counts_things(name: str) -> bool:
    """Whether a name says how many there are of something: "Number of patients" is no group, nor its name."""
    return _COUNTS.match(name.replace("_", " ").strip()) is not None


def names_identifier_in_one(name: str) -> bool:
    """Whether a name is a group, or the beginning of one, and "id" in one word, as schid and distid are; or ends in "code"."""
    match = _RUN_TOGETHER.fullmatch(name.lower())
    return match is not None and (match[1] is None or any(word.startswith(match[1]) for word in GROUP_WORDS))


def numbered_families(names: Iterable[str]) -> dict[str, list[str]]:
    """The columns that differ by the number at their end only, by what stands before it, in lower case."""
    families = defaultdict[str, list[str]](list)
    for name in names:
        match = _NUMBERED.fullmatch(name)
        if match:
            families[match[1].lower()].append(name)
    return families


def items_of_scales(names: Iterable[str]) -> frozenset[str]:
    """Columns that are items of a scale that stands in the table too: LEAD01 to LEAD11 beside LEAD, HOSTIL01, … beside HOSTILE."""
    names = list(names)
    items = set[str]()
    for stem, members in numbered_families(names).items():
        members = [name for name in members if not re.search(r"\d{4}", name)]  # wage1998 is no item
        scale = any(re.fullmatch(rf"{re.escape(stem)}\D*", name.lower()) for name in names)
        if scale and len(members) >= FEWEST_ITEMS and len(stem) >= SHORTEST_STEM:
            items.update(members)
    return frozenset(items)


@lru_cache(maxsize=5_000)
def is_before(name: str) -> bool:
    """Whether a name says that something was measured before all else: pre, pretest (cut short or not), baseline, previous."""
    words = words_of(name)
    return any(
        word in ("before", "base", "baseline", "prev", "previous", "lag", "lagged")
        or (len(word) > 2 and "pretest".startswith(word))
        for word in words
    )


@lru_cache(maxsize=5_000)
def is_after(name: str) -> bool:
    """Whether a name says that something was measured after all else: post, posttest (cut short or not), final, followup."""
    words = words_of(name)
    return any(
        word in ("after", "final", "followup") or (len(word) > 3 and "posttest".startswith(word)) for word in words
    )


def before_and_after(names: Iterable[str]) -> tuple[frozenset[str], frozenset[str]]:
    """The columns that were measured before and after, where both are there: readpre and readpost, lpr and lpo."""
    known = {name.lower(): name for name in names}
    before, after = set[str](), set[str]()
    for name in known:
        for first, second in _BEFORE_AND_AFTER:
            later = name.removesuffix(first) + second if name.endswith(first) else ""
            if later in known and name != first:
                before.add(known[name])
                after.add(known[later])
    return frozenset(before), frozenset(after)
