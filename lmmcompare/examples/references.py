"""Where the bundled examples were published, as entries of a bibliography."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Reference:
    """A work to cite.

    Parameters
    ----------
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
PINHEIRO_BATES = Reference(
    "pinheiro2000",
    "book",
    {
        "author": "Pinheiro, Jos{\\'e} C. and Bates, Douglas M.",
        "title": "Mixed-Effects Models in {S} and {S-PLUS}",
        "publisher": "Springer",
        "address": "New York",
        "year": "2000",
        "doi": "10.1007/b98882",
    },
)
_POTTHOFF = Reference(
    "potthoff1964",
    "article",
    {
        "author": "Potthoff, Richard F. and Roy, S. N.",
        "title": "A generalized multivariate analysis of variance model useful especially for growth curve problems",
        "journal": "Biometrika",
        "year": "1964",
        "volume": "51",
        "number": "3-4",
        "pages": "313--326",
        "doi": "10.1093/biomet/51.3-4.313",
    },
)
_CROWDER_HAND = Reference(
    "crowder1990",
    "book",
    {
        "author": "Crowder, Martin J. and Hand, David J.",
        "title": "Analysis of Repeated Measures",
        "publisher": "Chapman and Hall",
        "address": "London",
        "year": "1990",
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
    "orthodont": (_POTTHOFF,),
    "orthodont_gaps": (
        Reference(
            "little1987",
            "book",
            {
                "author": "Little, Roderick J. A. and Rubin, Donald B.",
                "title": "Statistical Analysis with Missing Data",
                "publisher": "Wiley",
                "address": "New York",
                "year": "1987",
            },
        ),
        _POTTHOFF,
    ),
    "sleep": (
        Reference(
            "cushny1905",
            "article",
            {
                "author": "Cushny, Arthur R. and Peebles, A. Roy",
                "title": "The action of optical isomers: {II}. Hyoscines",
                "journal": "Journal of Physiology",
                "year": "1905",
                "volume": "32",
                "pages": "501--510",
            },
        ),
        Reference(
            "student1908",
            "article",
            {
                "author": "Student",
                "title": "The probable error of a mean",
                "journal": "Biometrika",
                "year": "1908",
                "volume": "6",
                "number": "1",
                "pages": "1--25",
                "doi": "10.1093/biomet/6.1.1",
            },
        ),
    ),
    "machines": (
        Reference(
            "milliken1992",
            "book",
            {
                "author": "Milliken, George A. and Johnson, Dallas E.",
                "title": "Analysis of Messy Data, Volume {I}: Designed Experiments",
                "publisher": "Chapman and Hall",
                "address": "London",
                "year": "1992",
            },
        ),
        PINHEIRO_BATES,
    ),
    "rail": (
        Reference(
            "devore2000",
            "book",
            {
                "author": "Devore, Jay L.",
                "title": "Probability and Statistics for Engineering and the Sciences",
                "edition": "5th",
                "publisher": "Duxbury",
                "year": "2000",
            },
        ),
        PINHEIRO_BATES,
    ),
    "ergostool": (
        Reference(
            "wretenberg1993",
            "article",
            {
                "author": "Wretenberg, Per and Arborelius, Ulf P. and Lindberg, F.",
                "title": "The effects of a pneumatic stool and a one-legged stool on lower limb joint load and muscular "
                "activity during sitting and rising",
                "journal": "Ergonomics",
                "year": "1993",
                "volume": "36",
                "pages": "519--535",
            },
        ),
        PINHEIRO_BATES,
    ),
    "orange": (
        Reference(
            "draper1998",
            "book",
            {
                "author": "Draper, Norman R. and Smith, Harry",
                "title": "Applied Regression Analysis",
                "edition": "3rd",
                "publisher": "Wiley",
                "address": "New York",
                "year": "1998",
            },
        ),
    ),
    "bodyweight": (_CROWDER_HAND, PINHEIRO_BATES),
    "chickweight": (_CROWDER_HAND,),
    "co2": (
        Reference(
            "potvin1990",
            "article",
            {
                "author": "Potvin, Catherine and Lechowicz, Martin J. and Tardif, Serge",
                "title": "The statistical analysis of ecophysiological response curves obtained from experiments involving "
                "repeated measures",
                "journal": "Ecology",
                "year": "1990",
                "volume": "71",
                "number": "4",
                "pages": "1389--1400",
            },
        ),
    ),
    "grunfeld": (
        Reference(
            "grunfeld1958",
            "phdthesis",
            {
                "author": "Grunfeld, Yehuda",
                "title": "The determinants of corporate investment",
                "school": "University of Chicago",
                "year": "1958",
            },
        ),
        Reference(
            "kleiber2010",
            "article",
            {
                "author": "Kleiber, Christian and Zeileis, Achim",
                "title": "The {Grunfeld} data at 50",
                "journal": "German Economic Review",
                "year": "2010",
                "volume": "11",
                "number": "4",
                "pages": "404--417",
            },
        ),
    ),
    "gapminder": (
        Reference(
            "gapminder",
            "misc",
            {
                "author": "Bryan, Jennifer",
                "title": "gapminder: Data from {Gapminder}",
                "year": "2017",
                "url": "https://www.gapminder.org/data/",
            },
        ),
    ),
}
"""Example to what to cite for its rows; `Example.citation` says of those that are not here where they come from."""
