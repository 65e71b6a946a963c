"""Tables as programs print them. Each print is of the same table, by the program in its name."""

from __future__ import annotations

import pytest

from lmmcompare.data.read import read_text
from lmmcompare.errors import DataError

ROWS = [["S1", 0, 1.5], ["S1", 1, 2.5], ["S2", 0, 3.5], ["S2", 1, 4.25]]
PRINTS = {
    "R": """  subject time score
1      S1    0  1.50
2      S1    1  2.50
3      S2    0  3.50
4      S2    1  4.25""",
    "R's console": """> head(d, 4)
  subject time score
1      S1    0  1.50
2      S1    1  2.50
3      S2    0  3.50
4      S2    1  4.25
> str(d)
'data.frame':	4 obs. of  3 variables:
 $ subject: chr  "S1" "S1" "S2" "S2"
 $ time   : num  0 1 0 1
 $ score  : num  1.5 2.5 3.5 4.25
> m <- lmer(score ~ time + (1 | subject), data = d)""",
    "knitr": """##   subject time score
## 1      S1    0  1.50
## 2      S1    1  2.50
## 3      S2    0  3.50
## 4      S2    1  4.25""",
    "reprex": """head(d)
#>   subject time score
#> 1      S1    0  1.50
#> 2      S1    1  2.50
#> 3      S2    0  3.50
#> 4      S2    1  4.25""",
    "data.table": """   subject time score
1:      S1    0  1.50
2:      S1    1  2.50
3:      S2    0  3.50
4:      S2    1  4.25""",
    "R with a narrow console": """  subject time
1      S1    0
2      S1    1
3      S2    0
4      S2    1
  score
1  1.50
2  2.50
3  3.50
4  4.25""",
    "tibble": """# A tibble: 4 × 3
  subject  time score
  <chr>   <dbl> <dbl>
1 S1          0  1.5
2 S1          1  2.5
3 S2          0  3.5
4 S2          1  4.25""",
    "pandas": """>>> df
  subject  time  score
0      S1     0   1.50
1      S1     1   2.50
2      S2     0   3.50
3      S2     1   4.25
>>> df.dtypes""",
    "pandas with an index": """         time  score
subject
S1          0   1.50
S1          1   2.50
S2          0   3.50
S2          1   4.25""",
    "IPython": """In [3]: df
Out[3]:
  subject  time  score
0      S1     0   1.50
1      S1     1   2.50
2      S2     0   3.50
3      S2     1   4.25

[4 rows x 3 columns]""",
    "Polars": """shape: (4, 3)
┌─────────┬──────┬───────┐
│ subject ┆ time ┆ score │
│ ---     ┆ ---  ┆ ---   │
│ str     ┆ i64  ┆ f64   │
╞═════════╪══════╪═══════╡
│ S1      ┆ 0    ┆ 1.5   │
│ S1      ┆ 1    ┆ 2.5   │
│ S2      ┆ 0    ┆ 3.5   │
│ S2      ┆ 1    ┆ 4.25  │
└─────────┴──────┴───────┘""",
    "Julia": """4×3 DataFrame
 Row │ subject  time   score
     │ String   Int64  Float64
─────┼─────────────────────────
   1 │ S1           0     1.5
   2 │ S1           1     2.5
   3 │ S2           0     3.5
   4 │ S2           1     4.25""",
    "Stata": """. list, sepby(subject)

     +------------------------+
     | subject   time   score |
     |------------------------|
  1. |      S1      0     1.5 |
  2. |      S1      1     2.5 |
     |------------------------|
  3. |      S2      0     3.5 |
  4. |      S2      1    4.25 |
     +------------------------+""",
    "SPSS": """
 subject     time    score

      S1      .00     1.50
      S1     1.00     2.50
      S2      .00     3.50
      S2     1.00     4.25

Number of cases read:  4    Number of cases listed:  4""",
    "MATLAB": """d =

  4×3 table

    subject    time    score
    _______    ____    _____

     "S1"       0        1.5
     "S1"       1        2.5
     "S2"       0        3.5
     "S2"       1       4.25""",
    "MySQL": """+---------+------+-------+
| subject | time | score |
+---------+------+-------+
| S1      |    0 |  1.50 |
| S1      |    1 |  2.50 |
| S2      |    0 |  3.50 |
| S2      |    1 |  4.25 |
+---------+------+-------+
4 rows in set (0.00 sec)""",
    "PostgreSQL": """ subject | time | score
---------+------+-------
 S1      |    0 |  1.50
 S1      |    1 |  2.50
 S2      |    0 |  3.50
 S2      |    1 |  4.25
(4 rows)""",
    "Markdown": """My data:

| subject | time | score |
|---------|-----:|------:|
| S1      |    0 |  1.50 |
| S1      |    1 |  2.50 |
| S2      |    0 |  3.50 |
| S2      |    1 |  4.25 |

and lmer(score ~ time + (1|subject), d) does not converge""",
    "Emacs": """| subject | time | score |
|---------+------+-------|
| S1      |    0 |  1.50 |
| S1      |    1 |  2.50 |
| S2      |    0 |  3.50 |
| S2      |    1 |  4.25 |""",
    "reStructuredText": """=======  ====  =====
subject  time  score
=======  ====  =====
S1          0   1.50
S1          1   2.50
S2          0   3.50
S2          1   4.25
=======  ====  =====""",
    "a web page": """<table border="1"><thead><tr><th>subject</th><th>time</th><th>score</th></tr></thead>
<tbody><tr><td>S1</td><td>0</td><td>1.50</td></tr><tr><td>S1</td><td>1</td><td>2.50</td></tr>
<tr><td>S2</td><td>0</td><td>3.50</td></tr><tr><td><b>S2</b></td><td>1</td><td>4.25</td></tr></tbody></table>""",
    "LaTeX": r"""\begin{tabular}{l|rr}
\toprule
subject & time & score \\
\midrule
S1 & 0 & 1.50 \\
S1 & 1 & 2.50 \\
S2 & 0 & 3.50 \\ \hline
S2 & 1 & \textbf{4.25} \\
\bottomrule
\end{tabular}""",
    "an e-mail": """> subject time score
> S1 0 1.50
> S1 1 2.50
> S2 0 3.50
> S2 1 4.25""",
    "somebody who asks": """Hello, I have measured this:

subject,time,score
S1,0,1.50
S1,1,2.50
S2,0,3.50
S2,1,4.25

How do I model it, please?""",
    "somebody in a hurry": """I measured two subjects two times each, here is all of it
subject time score
S1 0 1.50
S1 1 2.50
S2 0 3.50
S2 1 4.25
thank you very much""",
}


@pytest.mark.parametrize("program", PRINTS)
def test_what_a_program_prints_is_the_table(program):
    frame = read_text(PRINTS[program]).frame
    assert frame[["subject", "time", "score"]].to_numpy().tolist() == ROWS
    assert len(frame.columns) <= 4  # and the numbers of rows, where they are printed


def test_words_and_nothing_in_a_cell_keep_their_columns():
    table = read_text(
        """
           group  week  score note
1      treated A     1    2.5 went home
2      treated A     2
3        control     1    3.5 ill
4        control     2    4.5
"""
    )
    assert table.frame["group"].tolist() == ["treated A", "treated A", "control", "control"]
    assert table.frame["score"].isna().tolist() == [False, True, False, False]
    assert table.frame["note"].tolist()[::2] == ["went home", "ill"]
    assert "where they stand" in table.notes[0]


def test_names_of_two_words_are_one_name():
    table = read_text(
        "  id `body mass` `% fat`\n 1          1.5      10\n 2          2.5       9\n 3          3.5       8"
    )
    assert list(table.frame) == ["id", "body mass", "% fat"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("   id    y\n0   1  2.5\n1   1  3.5\n..  ..  ...\n98   9  4.5\n99   9  5.5\n\n[100 rows x 2 columns]", "…"),
        (
            "# A tibble: 36 × 2\n     id     y\n  <int> <dbl>\n1     1   2.5\n2     1   3.5\n# ℹ 34 more rows",
            "34 more rows",
        ),
        (
            "  id   y\n1  1 2.5\n2  1 3.5\n [ reached 'max' / getOption(\"max.print\") -- omitted 98 rows ]",
            "omitted 98",
        ),
        ("   id ...    y\n0   1 ...  2.5\n1   1 ...  3.5\n", "…"),
    ],
)
def test_what_was_not_printed_is_said(text, said):
    table = read_text(text)
    assert table.frame["y"].tolist()[:2] == [2.5, 3.5]
    assert any("leaves out a part" in note and said in note for note in table.notes)


def test_names_that_a_tibble_abbreviates_are_whole_again():
    text = "# A tibble: 2 × 2\n     id weigh…¹\n  <int>   <int>\n1     1      70\n2     2      80\n"
    text += "# … with abbreviated variable name ¹\N{ZERO WIDTH SPACE}weight_kg"
    assert list(read_text(text).frame) == ["row", "id", "weight_kg"]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("'data.frame':\t4 obs. of  2 variables:\n $ id: int  1 1 2 2\n $ y : num  1.5 2 3 4", "str()"),
        ("Rows: 4\nColumns: 2\n$ id <int> 1, 1, 2, 2\n$ y  <dbl> 1.5, 2.0, 3.0, 4.0", "glimpse()"),
        (
            "              y\ncount  4.000000\nmean   2.500000\nstd    1.290994\nmin    1.000000\n25%    1.75\nmax    4.0",
            "describe()",
        ),
        (
            "Linear mixed model fit by REML ['lmerMod']\nFixed effects:\n   Estimate t value\nx 1.2 3.4\nz 1.3 3.3",
            "a model",
        ),
    ],
)
def test_what_tells_about_a_table_is_none(text, what):
    with pytest.raises(DataError) as caught:
        read_text(text)
    assert what in caught.value.problem
    assert "paste" in caught.value.remedy.lower()


def test_two_columns_that_do_not_stand_below_one_another_are_no_one_column():
    with pytest.raises(DataError):
        read_text("alpha  beta\n1      2 3\n a b  c  d\n   7\n")


@pytest.mark.parametrize(
    "text",
    [
        "age\tn\ty\n< 65\t3\t1.5\n> 65\t4\t2.5\n> 80\t5\t3.5",
        "age,n,y\n< median,3,1.5\n> median,4,2.5\n> 80,5,3.5",
        "note\tn\ty\nCall: at noon\t3\t1.5\n. none\t4\t2.5\n+ more\t5\t3.5",
        "note\tn\ty\n# 1\t3\t1.5\n## 2\t4\t2.5\n1: a\t5\t3.5",
        "note;n;y\n--;3;1.5\n...;4;2.5\n|;5;3.5",
    ],
)
def test_signs_in_cells_are_no_prompts_and_no_rules(text):
    frame = read_text(text).frame
    assert frame["n"].tolist() == [3, 4, 5] and frame["y"].tolist() == [1.5, 2.5, 3.5]
