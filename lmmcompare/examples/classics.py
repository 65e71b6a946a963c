"""The classics of the field in words: data that textbooks and papers come back to."""

from __future__ import annotations

from .example import Example

_PINHEIRO_BATES = "Pinheiro, J. C. and Bates, D. M. (2000). Mixed-Effects Models in S and S-PLUS."

CLASSICS: tuple[Example, ...] = (
    Example(
        name="orthodont",
        title="How children's jaws grow",
        question="Do boys' jaws grow faster than girls', when each child is measured four times?",
        summary="The distance from the pituitary to the pterygomaxillary fissure of 16 boys and 11 girls at the ages of "
        "8, 10, 12 and 14.",
        formula="distance ~ age * Sex + (1 | Subject)",
        design="interaction, growth",
        citation="Potthoff, R. F. and Roy, S. N. (1964). A generalized multivariate analysis of variance model useful "
        "especially for growth curve problems. Biometrika 51, 313-326.",
        outcome="distance (mm)",
        predictor="age (years)",
        group="child",
    ),
    Example(
        name="orthodont_gaps",
        title="Growth with gaps",
        question="Repeated-measures ANOVA and MANOVA drop every child with a missing value. Does a mixed model?",
        summary="The same 27 children, with nine of the values at the age of 10 taken away: those of the girls and the boys "
        "who had the shortest distances of their sex at 8. So what is missing depends on what was measured before.",
        formula="distance ~ age * Sex + (1 | Subject)",
        design="interaction, growth, missing values",
        citation="Little, R. J. A. and Rubin, D. B. (1987). Statistical Analysis with Missing Data; values of Potthoff, R. F. and Roy, "
        "S. N. (1964), Biometrika 51, 313-326.",
        outcome="distance (mm)",
        predictor="age (years)",
        group="child",
    ),
    Example(
        name="sleep",
        title="Student's sleep data",
        question="Is a paired t-test a mixed model?",
        summary="Hours of sleep gained by 10 patients with each of two drugs: the data with which Student introduced his "
        "test.",
        formula="extra ~ drug + (1 | patient)",
        design="paired",
        citation="Cushny, A. R. and Peebles, A. R. (1905). The action of optical isomers: II. Hyoscines. Journal of "
        "Physiology 32, 501-510; Student (1908). The probable error of a mean. Biometrika 6, 1-25.",
        outcome="sleep gained (hours)",
        predictor="drug",
        group="patient",
    ),
    Example(
        name="machines",
        title="Workers at three machines",
        question="Which machine is best, when each worker gets on with each machine in a way of his own?",
        summary="A score of quantity and quality: 6 workers at each of 3 machines, three times each.",
        formula="score ~ Machine + (1 | Worker) + (1 | Worker:Machine)",
        design="nested factors, randomised blocks",
        citation="Milliken, G. A. and Johnson, D. E. (1992). Analysis of Messy Data, Volume I: Designed Experiments; "
        "Machines in " + _PINHEIRO_BATES,
        outcome="productivity score",
        predictor="machine",
        group="worker; worker at a machine",
    ),
    Example(
        name="rail",
        title="Six rails",
        question="How well is a mean known when each of six rails was tested three times?",
        summary="The time that an ultrasonic wave takes along a rail: 6 rails chosen at random, 3 measurements of each.",
        formula="travel ~ 1 + (1 | Rail)",
        design="mean only",
        citation="Devore, J. L. (2000). Probability and Statistics for Engineering and the Sciences, 5th ed.; Rail in "
        + _PINHEIRO_BATES,
        outcome="travel time (nanoseconds over 36,100)",
        group="rail",
    ),
    Example(
        name="ergostool",
        title="Getting up from a stool",
        question="In a randomised block design, what does it change whether the blocks are fixed or random?",
        summary="The effort that 9 people needed to get up from each of 4 types of stool.",
        formula="effort ~ Type + (1 | Subject)",
        design="randomised blocks",
        citation="Wretenberg, P., Arborelius, U. P. and Lindberg, F. (1993). The effects of a pneumatic stool and a "
        "one-legged stool on lower limb joint load and muscular activity during sitting and rising. Ergonomics 36, "
        "519-535; ergoStool in " + _PINHEIRO_BATES,
        outcome="effort (Borg scale)",
        predictor="type of stool",
        group="person",
    ),
    Example(
        name="orange",
        title="Orange trees",
        question="How fast do the trunks grow, and how much do five trees differ in it?",
        summary="The circumference of 5 orange trees at 7 ages.",
        formula="circumference ~ age + (age | Tree)",
        design="random slopes, growth",
        citation="Draper, N. R. and Smith, H. (1998). Applied Regression Analysis, 3rd ed., exercise 24.N.",
        outcome="circumference of the trunk (mm)",
        predictor="age (days since 31 December 1968)",
        group="tree",
    ),
    Example(
        name="bodyweight",
        title="Rats on three diets",
        question="Do rats gain weight at another rate on another diet, or did they only start out heavier?",
        summary="The weights of 16 rats on 3 diets, 11 times over 64 days. The rats on the first diet were much lighter "
        "from the start.",
        formula="weight ~ Time * Diet + (Time | Rat)",
        design="random slopes, interaction, growth",
        citation="Crowder, M. J. and Hand, D. J. (1990). Analysis of Repeated Measures; BodyWeight in "
        + _PINHEIRO_BATES,
        outcome="weight (g)",
        predictor="time (days)",
        group="rat",
    ),
    Example(
        name="chickweight",
        title="Chicks on four diets",
        question="On which diet do chicks grow fastest, when some of them were not weighed to the end?",
        summary="The weights of 50 chicks on 4 diets, up to 12 times in their first 21 days.",
        formula="weight ~ Time * Diet + (Time | Chick)",
        design="random slopes, interaction, growth, drop-out",
        citation="Crowder, M. J. and Hand, D. J. (1990). Analysis of Repeated Measures, example 5.3.",
        outcome="weight (g)",
        predictor="time (days)",
        group="chick",
    ),
    Example(
        name="co2",
        title="Grass in the cold",
        question="How many plants were measured when seven measurements were taken of each of twelve?",
        summary="The carbon dioxide that 12 plants of the grass Echinochloa crus-galli took up at 7 concentrations; 6 "
        "plants come from Quebec and 6 from Mississippi, and half of each were chilled overnight.",
        formula="uptake ~ Treatment * Type + log(conc) + (1 | Plant)",
        design="interaction, treatment between groups",
        citation="Potvin, C., Lechowicz, M. J. and Tardif, S. (1990). The statistical analysis of ecophysiological "
        "response curves obtained from experiments involving repeated measures. Ecology 71, 1389-1400.",
        outcome="uptake of carbon dioxide (micromol/m² s)",
        predictor="treatment (chilled or not)",
        group="plant",
    ),
    Example(
        name="grunfeld",
        title="What firms invest",
        question="Fixed effects or random effects: does it matter for a panel of eleven firms?",
        summary="Investment, market value and capital stock of 11 US firms in each of the years from 1935 to 1954: the "
        "panel on which econometrics tries its estimators.",
        formula="invest ~ value + capital + (1 | firm)",
        design="panel, fixed effects",
        citation="Grunfeld, Y. (1958). The determinants of corporate investment. PhD thesis, University of Chicago; the "
        "table of Kleiber, C. and Zeileis, A. (2010). The Grunfeld data at 50. German Economic Review 11, 404-417.",
        outcome="gross investment (million dollars of 1947)",
        predictor="market value of the firm",
        group="firm",
    ),
    Example(
        name="gapminder",
        title="Wealth and health of nations",
        question="Do people live longer where people are richer, or once their own country has become richer?",
        summary="Life expectancy and income per head of 142 countries every five years from 1952 to 2007.",
        formula="lifeExp ~ log10(gdpPercap) + year + (1 | country)",
        design="panel, within and between",
        citation="Gapminder Foundation, gapminder.org (CC BY 4.0), in the excerpt of Bryan, J. (2017), gapminder.",
        outcome="life expectancy (years)",
        predictor="income per head (factors of ten)",
        group="country",
    ),
)
