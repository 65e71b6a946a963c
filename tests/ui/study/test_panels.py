"""What the table of a study's numbers says beside them."""

from lmmcompare.simulate.presets import preset
from lmmcompare.ui.study import frames, panels


def test_a_share_of_none_has_no_error_beside_it():
    """The formula for the Monte Carlo error of a share gives 0 there: "0% ± 0%" is surer than any number of studies."""
    snapshot = list(frames.snapshots(preset("clash").settings, 200, ("ols", "random_intercept")))[-1]
    table = panels.measure_table(snapshot, "x")
    shares = {row.label.partition("(")[2]: row.cells for row in table.rows}
    singular, rejections = shares["singular)"], shares["rejections)"]
    assert ("0%", "") in [(cell.main, cell.beside) for cell in singular]
    assert [bool(cell.beside) for cell in rejections] == [cell.main not in ("0%", "100%") for cell in rejections]
