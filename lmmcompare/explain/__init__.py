"""Why the models differ: numbers first, then sentences made from them.

Numbers: `identity`, `regression_of_means`, `facts`, `predictor_level`, `gap_decomposition`, `gap_causes`, `within_between`,
`two_slopes`, `dial`, `dial_lines`, `coefficient_spreads`, `moulton`, `implied_ols_error`, `negative_correlation`,
`autocorrelation`, `group_frame`, `inference_rows`, `rests_on`, `curve_terms`, `structure_choice`. What is asked: `question`,
`effect_question`, `lecture_guess`. All other modules write sentences, and compute nothing but how many decimals to show.
"""
