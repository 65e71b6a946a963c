"""A comparison as one HTML file that stands alone: figures that can be zoomed and saved, tables, words, and how it was made.

Nothing is fetched: plotly.js is inside, once, and a content security policy forbids the network and every script but the
two whose hashes it names. So whatever a column may be called, it is text.
"""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from string import Template
from typing import Any

import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

from ..figures.theme import darkened
from ..version import VERSION
from .panel_html import PanelWriter
from .report_parts import parts
from .snapshot import Snapshot

HERE = Path(__file__).parent
PAGE = Template("""\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="$policy">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="lmmcompare $version">
<title>$title</title>
<style>
$style</style>
</head>
<body data-name="$name">
<main>
$main
</main>
<script type="application/json" id="figures">$figures</script>
<script>$plotly</script>
<script>$script</script>
</body>
</html>
""")


def report(snapshot: Snapshot, *, made: datetime | None = None) -> str:
    """The report as the text of an HTML file, about 5 MB, nearly all of it plotly.js.

    Parameters
    ----------
    made : datetime, optional
        When it is made; now when left out.
    """
    title = snapshot.answer.title
    writer = PanelWriter()
    sections = parts(snapshot, made or datetime.now(UTC), writer)
    plotly, script = get_plotlyjs(), (HERE / "report.js").read_text(encoding="utf-8")
    policy = (
        f"default-src 'none'; script-src {_hash(plotly)} {_hash(script)}; style-src 'unsafe-inline'; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )
    return PAGE.substitute(
        policy=policy,
        version=VERSION,
        title=escape(title),
        name=escape(snapshot.name),
        style=(HERE / "report.css").read_text(encoding="utf-8"),
        main="\n".join(sections),
        figures=_figures(writer.figures),
        plotly=plotly,
        script=script,
    )


def _hash(script: str) -> str:
    """What the policy calls a script that it lets run."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


def _figures(drawn: dict[str, go.Figure]) -> str:
    """Every figure for the light and the dark page as JSON that no text in it can end: without a single "<"."""
    light = {name: _plain(figure) for name, figure in drawn.items()}
    result = {name: {"light": parts, "dark": darkened(parts)} for name, parts in light.items()}
    return json.dumps(result, separators=(",", ":")).replace("<", "\\u003c")


def _plain(figure: go.Figure) -> dict[str, object]:
    """A figure as plain data. WebGL compiles code as it runs, which the policy forbids, and would be saved as pixels."""
    made: dict[str, Any] = json.loads(figure.to_json())
    made["layout"]["margin"]["r"] *= 1.3  # the reader's fonts may be wider than the app's own
    for trace in made["data"]:
        if trace["type"] == "scattergl":
            trace["type"] = "scatter"
    return {"data": made["data"], "layout": made["layout"]}
