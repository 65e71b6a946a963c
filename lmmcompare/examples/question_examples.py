"""The examples that answer a question people ask, in words: what the data are, what is asked of them, where they come from."""

from __future__ import annotations

from .example import Example

_DAVIES = "Davies, O. L. and Goldsmith, P. L. (1972). Statistical Methods in Research and Production, 4th ed."

QUESTIONS: tuple[Example, ...] = (
    Example(
        name="cv161703",
        title="Half the slope, and the other sign",
        question="Why is my lmer slope half of my lm slope, and why do the intercepts differ in sign?",
        summary="20 people measured 3 times each, from a question on Cross Validated. People with a higher X have a "
        "higher Y, and within a person Y rises with X too, but less steeply.",
        formula="Y ~ X + (1 | ID)",
        design="random intercept",
        citation="Cross Validated, question 161703, stats.stackexchange.com/q/161703.",
        outcome="outcome Y",
        predictor="predictor X",
        group="person",
    ),
    Example(
        name="drug",
        title="An effect that OLS hides",
        question="Are OLS standard errors always too small when the data are clustered?",
        summary="A simulated trial: 4 people whose levels lie far apart, each measured 5 times without and 5 times "
        "with a drug. The drug varies within people, so the differences between them are only noise to OLS.",
        formula="Score ~ Drug + (1 | ID)",
        design="random intercept",
        citation="Simulated (true effect 1, standard deviation of the people 10); after the comments on "
        "Cross Validated, question 161703, stats.stackexchange.com/q/161703.",
        outcome="score",
        predictor="drug (0 without, 1 with)",
        group="person",
    ),
    Example(
        name="pshp2",
        title="Two tables, 326,362 rows",
        question="Same data, two tables, 326,362 rows in 24 clusters: how do I read lm and lmer side by side?",
        summary="The signal of a protein (pSHP2) with and without stimulation, in 24 clusters of very different size. "
        "The slopes nearly agree; the intercepts and their standard errors do not.",
        formula="pSHP2 ~ condition + (1 | cluster)",
        design="random intercept, large",
        citation="Synthetic twin of the data of a question on Cross Validated, rebuilt from its printed tables; "
        "generated on demand from a recipe with a row per cluster.",
        outcome="pSHP2 signal",
        predictor="condition (stimulated or not)",
        group="cluster",
    ),
    Example(
        name="dragons",
        title="Dummies or a random intercept",
        question="Dummies for each group in lm, or a random intercept in lmer: why do the slopes differ, and which "
        "one should I take?",
        summary="Test scores and standardised body lengths of dragons from 8 mountain ranges, 60 from each. Ranges "
        "with longer dragons score higher; within a range the length says next to nothing.",
        formula="testScore ~ bodyLength2 + (1 | mountainRange)",
        design="random intercept",
        citation="Synthetic twin of the teaching data set of Our Coding Club (introduction to linear mixed models), "
        "rebuilt from published tables.",
        outcome="test score",
        predictor="body length (standardised)",
        group="mountain range",
    ),
    Example(
        name="chapter7",
        title="Four groups of two",
        question="Four groups of two: why does the standard error of the mean grow so much once the groups are random?",
        summary="The toy simulation of a course chapter: 4 groups of 2 rows, where z is the true effect of the group.",
        formula="y ~ 1 + (1 | groups)",
        design="mean only",
        citation="Rebuilt from the tables printed in a course chapter on linear mixed models in R.",
        outcome="outcome y",
        group="group",
    ),
    Example(
        name="dyestuff",
        title="Batches of dyestuff",
        question="How much of the variation in yield lies between batches, and how well is the mean yield known?",
        summary="Yield of dyestuff from 6 batches of an intermediate product, 5 preparations each.",
        formula="Yield ~ 1 + (1 | Batch)",
        design="mean only",
        citation=_DAVIES,
        outcome="yield (grams of standard colour)",
        group="batch",
    ),
    Example(
        name="dyestuff2",
        title="Batches that do not differ",
        question="What does a mixed model say when the groups differ no more than chance would make them?",
        summary="Simulated yields for 6 batches of 5, made so that the differences between batches are smaller than "
        "the noise alone would give.",
        formula="Yield ~ 1 + (1 | Batch)",
        design="mean only, singular",
        citation="Box, G. E. P. and Tiao, G. C. (1973). Bayesian Inference in Statistical Analysis; with Dyestuff of "
        + _DAVIES,
        outcome="yield (simulated)",
        group="batch",
    ),
    Example(
        name="penicillin",
        title="Penicillin on plates",
        question="Do the samples of penicillin differ, once we allow for the plate they were tested on?",
        summary="Each of 24 plates carries all 6 samples; the diameter is that of the zone in which growth is stopped.",
        formula="diameter ~ sample + (1 | plate)",
        design="randomised blocks",
        citation=_DAVIES,
        outcome="diameter of the zone (mm)",
        predictor="sample of penicillin",
        group="plate",
    ),
    Example(
        name="pastes",
        title="Casks of chemical paste",
        question="How much does the strength of a paste vary from batch to batch, from cask to cask and between two assays?",
        summary="Strength of a chemical paste: 10 delivery batches, 3 casks from each, 2 assays of each cask. Casks "
        "are nested: cask a of one batch has nothing to do with cask a of another.",
        formula="strength ~ 1 + (1 | batch) + (1 | batch:cask)",
        design="nested factors, mean only",
        citation=_DAVIES,
        outcome="strength of the paste",
        group="batch; cask within batch",
    ),
    Example(
        name="sleepstudy",
        title="Reaction times without sleep",
        question="How far should one subject's own regression line be trusted, and how far is it pulled to the mean?",
        summary="Average reaction time of 18 subjects on each of 10 days, their sleep restricted to 3 hours a night "
        "after the baseline. Subjects differ both in level and in how fast they slow down.",
        formula="Reaction ~ Days + (Days | Subject)",
        design="random slopes",
        citation="Belenky, G. et al. (2003). Patterns of performance degradation and restoration during sleep "
        "restriction and subsequent recovery. Journal of Sleep Research 12, 1-12.",
        outcome="reaction time (ms)",
        predictor="days of sleep restriction",
        group="subject",
    ),
    Example(
        name="oats",
        title="Oats in blocks",
        question="Does it change the answer about varieties and nitrogen whether blocks are random or fixed?",
        summary="A field trial of oats: 3 varieties by 4 amounts of nitrogen, all in each of 6 blocks; in a block each "
        "variety has one plot, divided into 4 for the nitrogen.",
        formula="Y ~ V * N + (1 | B) + (1 | B:V)",
        design="split plot, nested factors, interaction",
        citation="Yates, F. (1935). Complex experiments. Journal of the Royal Statistical Society Supplement 2, "
        "181-247.",
        outcome="yield (quarter pounds per plot)",
        predictor="variety",
        group="block",
    ),
    Example(
        name="exam",
        title="Exam scores in London schools",
        question="Does an earlier reading test predict the exam equally well in every school?",
        summary="Exam scores at 16 of pupils in 65 schools of inner London, with a reading test taken at 11; both "
        "standardised.",
        formula="normexam ~ standLRT + (standLRT | school)",
        design="random slopes",
        citation="Goldstein, H. et al. (1993). A multilevel analysis of school examination results. Oxford Review of "
        "Education 19, 425-433.",
        outcome="exam score (standardised)",
        predictor="reading test at 11 (standardised)",
        group="school",
    ),
    Example(
        name="hsb82",
        title="Mathematics and social background",
        question="How strongly does social background go with mathematics achievement within a school, and does that "
        "differ between schools?",
        summary="Mathematics achievement of pupils in 160 US high schools, with their socio-economic status as a "
        "difference from the school's mean.",
        formula="mAch ~ cses + (cses | school)",
        design="random slopes",
        citation="Raudenbush, S. W. and Bryk, A. S. (2002). Hierarchical Linear Models, 2nd ed.; High School and "
        "Beyond, 1982.",
        outcome="mathematics achievement",
        predictor="socio-economic status (centred in the school)",
        group="school",
    ),
    Example(
        name="insteval",
        title="How students rate lecturers",
        question="Are lectures for other departments rated lower, once we allow for who gives them?",
        summary="Ratings of lectures at ETH Zurich, from 1 (poor) to 5 (very good); a service lecture is one given "
        "for another department. Lecturers and students are crossed: a student rates several lecturers, a lecturer is "
        "rated by many students.",
        formula="y ~ service + (1 | d) + (1 | s)",
        design="crossed factors, large",
        citation="InstEval of the R package lme4: lecture evaluations of ETH Zurich.",
        outcome="rating (1 to 5)",
        predictor="service lecture (0 no, 1 yes)",
        group="lecturer; student",
    ),
)
