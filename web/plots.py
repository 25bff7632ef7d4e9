"""Plots (图表): drawn by ECharts in the browser from what stands in the page, each with its numbers as a table below."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

BAR, LINE = "bar", "line"


@dataclass(frozen=True)
class Series:
    """Numbers along the categories of a plot, as bars or as a line."""

    name: str
    values: Sequence[float]
    form: str = BAR


@dataclass(frozen=True)
class Mark:
    """A line across a plot at a category."""

    at: int
    name: str


@dataclass(frozen=True)
class Plot:
    """What is drawn: categories from left to right, with what their axis counts, series, and marks across."""

    title: str
    across: str
    up: str
    categories: Sequence[str]
    series: Sequence[Series]
    marks: Sequence[Mark] = ()

    @property
    def spec(self) -> str:
        """For the script, as JSON."""
        return json.dumps(
            {
                "across": self.across,
                "up": self.up,
                "categories": list(self.categories),
                "series": [
                    {"name": each.name, "form": each.form, "values": list(each.values)}
                    for each in self.series
                ],
                "marks": [{"at": each.at, "name": each.name} for each in self.marks],
            },
            ensure_ascii=False,
        )

    @property
    def rows(self) -> Iterator[tuple[str, Sequence[float]]]:
        """For the table: each category that has anything, with a number of every series."""
        for category, *values in zip(self.categories, *(each.values for each in self.series), strict=True):
            if any(values):
                yield category, values
