"""Components that all pages share: style, headings, charts, small controls."""
