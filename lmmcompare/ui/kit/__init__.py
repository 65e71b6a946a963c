"""What every page shares: style, headings, charts, small controls."""
