"""Where the bundled examples were published, as entries of a bibliography."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Reference:
    """A work to cite.

    Parameters
    ----------
    key : str
    kind : str
        BibTeX's kind: article, book, inproceedings, manual, misc.
    fields : dict
        BibTeX's fields, in LaTeX's letters.
    """

    key: str
    kind: str
    fields: dict[str, str]


_DAVIES = Reference(
    "davies1972",
    "book",
    {
        "editor": "Davies, O. L. and Goldsmith, P. L.",
        "title": "Statistical Methods in Research and Production",
        "edition": "4th",
        "publisher": "Oliver and Boyd",
        "address": "Edinburgh",
        "year": "1972",
    },
)
_CROSS_VALIDATED = Reference(
    "crossvalidated161703",
    "misc",
    {
        "title": "Question 161703",
        "howpublished": "Cross Validated",
        "url": "https://stats.stackexchange.com/q/161703",
    },
)

DATA: dict[str, tuple[Reference, ...]] = {
    "cv161703": (_CROSS_VALIDATED,),
    "drug": (_CROSS_VALIDATED,),
    "dragons": (
        Reference(
            "codingclub",
            "misc",
            {
                "author": "{Our Coding Club}",
                "title": "Introduction to linear mixed models",
                "url": "https://ourcodingclub.github.io/tutorials/mixed-models/",
            },
        ),
    ),
    "dyestuff": (_DAVIES,),
    "dyestuff2": (
        Reference(
            "box1973",
            "book",
            {
                "author": "Box, George E. P. and Tiao, George C.",
                "title": "Bayesian Inference in Statistical Analysis",
                "publisher": "Addison-Wesley",
                "address": "Reading, MA",
                "year": "1973",
            },
        ),
        _DAVIES,
    ),
    "penicillin": (_DAVIES,),
    "pastes": (_DAVIES,),
    "sleepstudy": (
        Reference(
            "belenky2003",
            "article",
            {
                "author": "Belenky, Gregory and Wesensten, Nancy J. and Thorne, David R. and Thomas, Maria L. and Sing, Helen C. and "
                "Redmond, Daniel P. and Russo, Michael B. and Balkin, Thomas J.",
                "title": "Patterns of performance degradation and restoration during sleep restriction and subsequent recovery: "
                "a sleep dose-response study",
                "journal": "Journal of Sleep Research",
                "year": "2003",
                "volume": "12",
                "number": "1",
                "pages": "1--12",
                "doi": "10.1046/j.1365-2869.2003.00337.x",
            },
        ),
    ),
    "oats": (
        Reference(
            "yates1935",
            "article",
            {
                "author": "Yates, F.",
                "title": "Complex experiments",
                "journal": "Supplement to the Journal of the Royal Statistical Society",
                "year": "1935",
                "volume": "2",
                "number": "2",
                "pages": "181--247",
                "doi": "10.2307/2983638",
            },
        ),
    ),
    "exam": (
        Reference(
            "goldstein1993",
            "article",
            {
                "author": "Goldstein, Harvey and Rasbash, Jon and Yang, Min and Woodhouse, Geoffrey and Pan, Huiqi and "
                "Nuttall, Desmond and Thomas, Sally",
                "title": "A multilevel analysis of school examination results",
                "journal": "Oxford Review of Education",
                "year": "1993",
                "volume": "19",
                "number": "4",
                "pages": "425--433",
                "doi": "10.1080/0305498930190401",
            },
        ),
    ),
    "hsb82": (
        Reference(
            "raudenbush2002",
            "book",
            {
                "author": "Raudenbush, Stephen W. and Bryk, Anthony S.",
                "title": "Hierarchical Linear Models: Applications and Data Analysis Methods",
                "edition": "2nd",
                "publisher": "Sage",
                "address": "Thousand Oaks, CA",
                "year": "2002",
            },
        ),
    ),
}
"""Example to what to cite for its rows; `Example.citation` says of those that are not here where they come from."""
