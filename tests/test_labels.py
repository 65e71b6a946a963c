import pytest

from lmmcompare.labels import MODELS, POOLING, an, literal, model_label, noun, plural, random_phrase, term_label


@pytest.mark.parametrize(
    ("name", "one", "many", "with_article"),
    [
        ("ID", "ID", "IDs", "an ID"),
        ("Batch", "Batch", "Batches", "a Batch"),
        ("country", "country", "countries", "a country"),
        ("day", "day", "days", "a day"),
        ("school id", "school id", "school ids", "a school id"),
        ("mountainRange", "mountainRange", "mountainRanges", "a mountainRange"),
        ("item", "item", "items", "an item"),
        ("class", "class", "classes", "a class"),
        ("status", "status", "statuses", "a status"),
        ("box", "box", "boxes", "a box"),
        # already plural
        ("groups", "group", "groups", "a group"),
        ("IDs", "ID", "IDs", "an ID"),
        ("countries", "country", "countries", "a country"),
        ("classes", "class", "classes", "a class"),
        ("species", "species", "species", "a species"),
        # no word that English could make a plural of
        ("d", "d group", "d groups", "a d group"),
        ("s", "s group", "s groups", "an s group"),
        ("B", "B group", "B groups", "a B group"),
        ("batch:cask1", "batch:cask1 group", "batch:cask1 groups", "a batch:cask1 group"),
        ("школа", "школа group", "школа groups", "a школа group"),
        ("", " group", " groups", "a  group"),
    ],
)
def test_a_group_in_words(name, one, many, with_article):
    assert (noun(name), plural(name), an(name)) == (one, many, with_article)
    assert noun(one) == one  # a word once made stays
    assert plural(one) == many


def test_the_group_names_its_models():
    assert model_label("no_pooling", "groups") == "group dummies"
    assert model_label("per_group", "ID") == "Regression per ID"
    assert model_label("no_pooling") == "Group dummies"
    assert model_label("random_slope", "ID") == "Random slope"
    assert set(MODELS) == set(POOLING)


@pytest.mark.parametrize(
    ("term", "label"),
    [("X", "X"), ("condition[T.stim]", "condition [stim]"), ("a:b", "a × b"), ("V[T.Victory]:N", "V [Victory] × N")],
)
def test_a_coefficient_in_words(term, label):
    assert term_label(term) == label


def test_asterisks_in_a_name_are_marked():
    assert literal("a*b") == r"a\*b"
    assert literal("a\\b") == r"a\\b"
    assert literal("plain_name") == "plain_name"


def test_random_coefficients_are_called_what_they_are() -> None:
    said = {"Intercept": "intercept", "Days": "Days slope", "f[p]": "mean at f [p]", "f[T.q]": "f [q] difference",
            "poly(x, 2)[1]": "poly(x, 2)[1] slope", "f[T.q]:x": "f [q] × x slope", "C(a)[1]": "mean at C(a) [1]"}  # fmt: skip
    assert {term: random_phrase(term) for term in said} == said
