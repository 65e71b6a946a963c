"""The works behind the methods that a comparison can use."""

from __future__ import annotations

from ..examples.references import Reference
from ..version import VERSION, YEAR


def _article(
    key: str, author: str, title: str, journal: str, year: str, volume: str, pages: str, **more: str
) -> Reference:
    fields = {"author": author, "title": title, "journal": journal, "year": year, "volume": volume, "pages": pages}
    return Reference(key, "article", fields | more)


SOFTWARE = "Journal of Statistical Software"
LMMCOMPARE = Reference(
    "lmmcompare",
    "manual",
    {
        "title": "lmmcompare: {OLS}, group dummies and mixed models side by side on the same rows, and why they differ",
        "author": "{The lmmcompare developers}",
        "year": YEAR,
        "note": f"Version {VERSION}",
    },
)
LME4 = _article(
    "bates2015",
    r"Bates, Douglas and M{\"a}chler, Martin and Bolker, Ben and Walker, Steve",
    "Fitting linear mixed-effects models using {lme4}",
    SOFTWARE,
    "2015",
    "67",
    "1--48",
    number="1",
    doi="10.18637/jss.v067.i01",
)
REML = _article(
    "patterson1971",
    "Patterson, H. D. and Thompson, R.",
    "Recovery of inter-block information when block sizes are unequal",
    "Biometrika",
    "1971",
    "58",
    "545--554",
    number="3",
    doi="10.1093/biomet/58.3.545",
)
SATTERTHWAITE = _article(
    "satterthwaite1946",
    "Satterthwaite, F. E.",
    "An approximate distribution of estimates of variance components",
    "Biometrics Bulletin",
    "1946",
    "2",
    "110--114",
    number="6",
    doi="10.2307/3002019",
)
LMERTEST = _article(
    "kuznetsova2017",
    "Kuznetsova, Alexandra and Brockhoff, Per B. and Christensen, Rune H. B.",
    "{lmerTest} package: Tests in linear mixed effects models",
    SOFTWARE,
    "2017",
    "82",
    "1--26",
    number="13",
    doi="10.18637/jss.v082.i13",
)
KENWARD_ROGER = _article(
    "kenward1997",
    "Kenward, Michael G. and Roger, James H.",
    "Small sample inference for fixed effects from restricted maximum likelihood",
    "Biometrics",
    "1997",
    "53",
    "983--997",
    number="3",
    doi="10.2307/2533558",
)
PBKRTEST = _article(
    "halekoh2014",
    r"Halekoh, Ulrich and H{\o}jsgaard, S{\o}ren",
    "A {Kenward-Roger} approximation and parametric bootstrap methods for tests in linear mixed models: The {R} package {pbkrtest}",
    SOFTWARE,
    "2014",
    "59",
    "1--32",
    number="9",
    doi="10.18637/jss.v059.i09",
)
BOOTSTRAP = Reference(
    "davison1997",
    "book",
    {
        "author": "Davison, A. C. and Hinkley, D. V.",
        "title": "Bootstrap Methods and their Application",
        "publisher": "Cambridge University Press",
        "year": "1997",
        "doi": "10.1017/CBO9780511802843",
    },
)
CR2 = (
    _article(
        "bell2002",
        "Bell, Robert M. and McCaffrey, Daniel F.",
        "Bias reduction in standard errors for linear regression with multi-stage samples",
        "Survey Methodology",
        "2002",
        "28",
        "169--181",
        number="2",
    ),
    _article(
        "pustejovsky2018",
        "Pustejovsky, James E. and Tipton, Elizabeth",
        "Small-sample methods for cluster-robust variance estimation and hypothesis testing in fixed effects models",
        r"Journal of Business \& Economic Statistics",
        "2018",
        "36",
        "672--683",
        number="4",
        doi="10.1080/07350015.2016.1247004",
    ),
)
MUNDLAK = _article(
    "mundlak1978",
    "Mundlak, Yair",
    "On the pooling of time series and cross section data",
    "Econometrica",
    "1978",
    "46",
    "69--85",
    number="1",
    doi="10.2307/1913646",
)
R = Reference(
    "r",
    "manual",
    {
        "author": "{R Core Team}",
        "title": "R: A Language and Environment for Statistical Computing",
        "organization": "R Foundation for Statistical Computing",
        "address": "Vienna, Austria",
        "url": "https://www.R-project.org/",
    },
)
EMMEANS = Reference(
    "emmeans",
    "manual",
    {
        "title": "emmeans: Estimated marginal means, aka least-squares means",
        "author": "Lenth, Russell V.",
        "note": "R package",
        "url": "https://CRAN.R-project.org/package=emmeans",
    },
)
CLUBSANDWICH = Reference(
    "clubsandwich",
    "manual",
    {
        "title": "{clubSandwich}: Cluster-robust (sandwich) variance estimators with small-sample corrections",
        "author": "Pustejovsky, James E.",
        "note": "R package",
        "url": "https://CRAN.R-project.org/package=clubSandwich",
    },
)
STATSMODELS = Reference(
    "seabold2010",
    "inproceedings",
    {
        "author": "Seabold, Skipper and Perktold, Josef",
        "title": "statsmodels: Econometric and statistical modeling with {Python}",
        "booktitle": "Proceedings of the 9th Python in Science Conference",
        "year": "2010",
        "pages": "92--96",
        "doi": "10.25080/Majora-92bf1922-011",
    },
)
