"""The panes of a figure: one for each pair of axes, with grid, ticks and names of axes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from dashboard.export.paper.colours import INK, POINT, colour
from dashboard.export.paper.known import refuse
from dashboard.export.paper.scale import Scale
from dashboard.export.paper.words import plain_lines

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Box = tuple[float, float, float, float]
GRID: Final = "#E8EAED"
ABOUT: Final = 6


def make_panes(
    sheet: Figure, box: Box, scales: Mapping[str, Scale], figure: Mapping[str, Any]
) -> dict[tuple[str, str], Axes]:
    """The panes by the ids of their axes; the ticks of an axis stand at the pane it is anchored to.

    Args:
        sheet: where they are drawn.
        box: the plotting area: left, bottom, width and height as parts of the sheet.
        scales: the axes by id.
        figure: whose traces say which pairs there are.
    """
    pairs = {(t.get("xaxis", "x"), t.get("yaxis", "y")) for t in figure["data"]}
    pairs |= {
        (scale.spec.get("anchor", "x"), id_) for id_, scale in scales.items() if id_[0] == "y"
    }
    pairs = {pair for pair in pairs if pair[0] in scales}
    panes: dict[tuple[str, str], Axes] = {}
    for x, y in sorted(pairs, key=lambda pair: ("overlaying" in scales[pair[1]].spec, pair)):
        across, up = scales[x], scales[y]
        place = (
            box[0] + across.domain[0] * box[2],
            box[1] + up.domain[0] * box[3],
            (across.domain[1] - across.domain[0]) * box[2],
            (up.domain[1] - up.domain[0]) * box[3],
        )
        pane = sheet.add_axes(place, zorder=2 + len(panes))
        pane.set(xlim=(across.low, across.high), ylim=(up.low, up.high))
        pane.patch.set_visible(False)
        for spine in pane.spines.values():
            spine.set_visible(False)
        _dress(pane, across, has_ticks=across.spec.get("anchor", "y") == y)
        _dress(pane, up, has_ticks=up.spec.get("anchor", "x") == x)
        panes[x, y] = pane
    return panes


def _dress(pane: Axes, scale: Scale, *, has_ticks: bool) -> None:
    """Grid, zero line, ticks, axis line and name of one axis of a pane."""
    spec, way = scale.spec, scale.id[0]
    axis: Any = pane.xaxis if way == "x" else pane.yaxis
    if spec.get("visible", True) is False:
        axis.set_visible(False)
        return
    _place_ticks(pane, scale)
    pane.set_axisbelow(True)
    if spec.get("showgrid", True):
        axis.grid(visible=True, color=colour(spec.get("gridcolor", GRID)), linewidth=POINT)
    low, high = sorted((scale.low, scale.high))
    if spec.get("zeroline") and low < 0 < high:
        line = pane.axvline if way == "x" else pane.axhline
        line(0, color=colour(spec.get("zerolinecolor", INK)), linewidth=POINT, zorder=1.5)
    side = spec.get("side", "bottom" if way == "x" else "left")
    _write_ticks(axis, scale, side, shown=has_ticks and spec.get("showticklabels", True))
    if has_ticks:
        _name(pane, scale, side)
        if spec.get("showline"):
            pane.spines[side].set(
                visible=True, color=colour(spec.get("linecolor", INK)), linewidth=POINT
            )


def _write_ticks(axis: Any, scale: Scale, side: str, *, shown: bool) -> None:
    spec, way = scale.spec, scale.id[0]
    font = spec.get("tickfont", {})
    axis.set_ticks_position(side)
    axis.set_tick_params(
        length=0,
        pad=5,
        labelsize=float(font.get("size", 12)) * POINT,
        labelcolor=colour(font.get("color", INK)),
        **{f"label{name}": shown and name == side for name in _sides(way)},
    )
    if shown and spec.get("tickangle"):
        axis.set_tick_params(labelrotation=-float(spec["tickangle"]))


def _sides(way: str) -> tuple[str, str]:
    return ("bottom", "top") if way == "x" else ("left", "right")


def _name(pane: Axes, scale: Scale, side: str) -> None:
    title = scale.spec.get("title", {})
    words = title.get("text", "") if isinstance(title, Mapping) else title
    if not words:
        return
    font = title.get("font", {}) if isinstance(title, Mapping) else {}
    axis: Any = pane.xaxis if scale.id[0] == "x" else pane.yaxis
    axis.set_label_position(side)
    axis.set_label_text(
        "\n".join(plain_lines(words)),
        fontsize=float(font.get("size", 12)) * POINT,
        color=colour(font.get("color", INK)),
    )


def _place_ticks(pane: Axes, scale: Scale) -> None:
    """The ticks that the figure names, else round ones, days of the calendar, or categories."""
    spec = scale.spec
    axis = pane.xaxis if scale.id[0] == "x" else pane.yaxis
    if spec.get("tickvals") is not None:
        values = list(spec["tickvals"])
        texts = spec.get("ticktext")
        written = [f"{value}" for value in values] if texts is None else [str(t) for t in texts]
        if len(written) != len(values):
            raise refuse("ticktext of another length than tickvals", len(written))
        places = scale.places(values)
        low, high = sorted((scale.low, scale.high))
        kept = [k for k, at in enumerate(places) if low - 1e-9 <= at <= high + 1e-9]
        axis.set_ticks(
            [places[k] for k in kept],
            labels=["\n".join(plain_lines(written[k])) for k in kept],
        )
        return
    if scale.kind == "category":
        axis.set_ticks(
            list(scale.categories.values()),
            labels=["\n".join(plain_lines(text)) for text in scale.categories],
        )
    elif scale.kind == "date":
        _calendar(axis, int(spec.get("nticks", 10)))
    elif spec.get("dtick"):
        from matplotlib.ticker import MultipleLocator

        axis.set_major_locator(MultipleLocator(float(spec["dtick"])))
    else:
        _round_numbers(axis, scale, int(spec.get("nticks", ABOUT)))


def _calendar(axis: Any, about: int) -> None:
    from matplotlib import dates

    calendar: Any = dates  # it ships without types
    locator = calendar.AutoDateLocator(minticks=3, maxticks=max(about, 8))
    axis.set_major_locator(locator)
    axis.set_major_formatter(calendar.ConciseDateFormatter(locator, show_offset=True))


def _round_numbers(axis: Any, scale: Scale, about: int) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    around = (str(scale.spec.get(key, "")) for key in ("tickprefix", "ticksuffix"))
    before, after = (plain_lines(text)[0] for text in around)
    form = str(scale.spec.get("tickformat", ""))

    def written(value: float, _: int | None) -> str:
        number = 10.0**value if scale.kind == "log" else value
        return f"{before}{_number(number, form)}{after}".replace("-", "\u2212")

    axis.set_major_locator(MaxNLocator(nbins=max(about, 2), steps=[1, 2, 2.5, 5, 10]))
    axis.set_major_formatter(FuncFormatter(written))


def _number(value: float, form: str) -> str:
    """A number in one of the few formats of the charts: none, `.2f`, `,.0f`, `+.1f`, `.0%`."""
    try:
        return format(value, form) if form else f"{value:,.6g}"
    except ValueError:
        raise refuse("tickformat", form) from None
