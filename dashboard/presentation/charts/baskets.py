"""The figure of a basket: one event on every series, small panels with one pair of axes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from dashboard.models.baskets import AssetMove, BasketMoves, ScaledPoint
from dashboard.models.messages import translate as _
from dashboard.presentation.baskets import (
    describe_basket,
    format_asset_clock,
    format_asset_move,
    format_asset_p,
    format_directed_move,
    name_asset,
)
from dashboard.presentation.charts import theme
from dashboard.presentation.escaping import escape_plot
from dashboard.presentation.formatting import format_offset, format_p, format_signed
from dashboard.presentation.palette import Palette, direction_colour

MAX_PANELS: Final = 12
COLUMNS: Final = 4
PHONE_COLUMNS: Final = 2
PANEL_PIXELS: Final = 118
PANEL_GAP: Final = 62
COLUMN_GAP: Final = 0.03
TOP: Final = 44
BOTTOM: Final = 44
OFFSETS: Final = (-5, 10)
TICKS: Final = (-5, -1, 1, 5, 10)
LEAST_REACH: Final = 4.0
"""Forecast errors that the vertical axis shows at least in both directions."""
NAME_COLUMNS: Final = 34
PHONE_NAME_COLUMNS: Final = 22


def list_panels(answer: BasketMoves) -> tuple[AssetMove, ...]:
    """The moves that are drawn, the least ordinary first."""
    return tuple(move for move in answer.moves if move.path and move.scar is not None)[:MAX_PANELS]


def build_basket_figure(
    answer: BasketMoves, palette: Palette, *, dark: bool, phone: bool
) -> theme.Figure:
    """The whole figure as Plotly's plain dictionary; every panel has the same axes.

    Args:
        answer: the moves.
        palette: the neutral colours.
        dark: whether the surface is dark.
        phone: whether the screen is narrow.
    """
    panels = list_panels(answer)
    columns = PHONE_COLUMNS if phone else COLUMNS
    lines = max(math.ceil(len(panels) / columns), 1)
    inner = lines * PANEL_PIXELS + (lines - 1) * PANEL_GAP
    reach = _compute_reach(panels)
    data: list[theme.Figure] = []
    notes: list[theme.Figure] = []
    shapes: list[theme.Figure] = []
    axes: theme.Figure = {}
    for k, move in enumerate(panels):
        line, column = divmod(k, columns)
        suffix = "" if k == 0 else str(k + 1)
        width = (1 - COLUMN_GAP * (columns - 1)) / columns
        left = column * (width + COLUMN_GAP)
        top = 1 - line * (PANEL_PIXELS + PANEL_GAP) / inner
        domains = (left, min(left + width, 1.0)), (max(top - PANEL_PIXELS / inner, 0.0), top)
        data += _build_panel(move, suffix, reach, palette, dark=dark)
        axes |= _build_axes(suffix, domains, reach, palette, is_first=column == 0)
        shapes.append(_build_event_line(suffix, palette))
        notes += _build_titles(move, (left, top), palette, phone=phone)
    foot = {"xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "top", "yshift": -24}
    text = _("numbers of the series from the event on; up: in forecast errors of the window")
    notes.append(theme.build_note(palette, text, 0, 0, **foot))
    margin = (34, 12, TOP, BOTTOM, 2)
    layout = theme.build_layout(
        palette, inner + TOP + BOTTOM, margin, shapes=shapes, annotations=notes, **axes
    )
    return {"data": data, "layout": layout}


def summarize_basket(answer: BasketMoves) -> str:
    """A text alternative of the figure in one sentence."""
    shown = "; ".join(
        f"{name_asset(move)} {format_directed_move(move)}" for move in list_panels(answer)
    )
    return _("{answer} Drawn: {moves}.", answer=describe_basket(answer), moves=shown or _("none"))


def _compute_reach(panels: Sequence[AssetMove]) -> float:
    values = [abs(p.value) for move in panels for p in _drawn(move) if math.isfinite(p.value)]
    return 1.15 * max([LEAST_REACH, *values])


def _drawn(move: AssetMove) -> list[ScaledPoint]:
    return [point for point in move.path if OFFSETS[0] <= point.offset <= OFFSETS[1]]


def _build_panel(
    move: AssetMove, suffix: str, reach: float, palette: Palette, *, dark: bool
) -> list[theme.Figure]:
    """The ordinary range, the path, and a mark at the end of the window: filled if outside."""
    axes = {"xaxis": f"x{suffix}", "yaxis": f"y{suffix}"}
    points = _drawn(move)
    offsets = [point.offset for point in points]
    widths = [min(point.reach, reach) if math.isfinite(point.reach) else 0.0 for point in points]
    band = theme.build_band(
        offsets, [-width for width in widths], widths, fillcolor=palette.band, line={"width": 0}
    )
    path = theme.build_scatter(
        "lines",
        offsets,
        [round(point.value, 3) for point in points],
        line={"color": palette.line, "width": 1.8},
        **theme.build_hover([_format_hover(move, point.offset, point.value) for point in points]),
    )
    return [band | axes, path | axes, _build_mark(move, palette, dark=dark) | axes]


def _build_mark(move: AssetMove, palette: Palette, *, dark: bool) -> theme.Figure:
    value, card = move.scar or 0.0, move.card
    colour = palette.text
    if card is not None and move.move is not None:
        colour = direction_colour(card.subject.direction(move.move), dark=dark)
    return theme.build_scatter(
        "markers+text",
        [move.window[1]],
        [round(value, 3)],
        text=[f"<b>{format_signed(value, 1)}</b>"],
        textposition="top center" if value >= 0 else "bottom center",
        textfont={"color": palette.text, "size": theme.FONT_SIZE - 1},
        cliponaxis=False,
        marker={
            "symbol": "circle" if move.is_outside else "circle-open",
            "size": 9,
            "color": colour,
            "line": {"width": 2, "color": colour},
        },
        **theme.build_hover([_format_hover(move, move.window[1], value)]),
    )


def _format_hover(move: AssetMove, offset: int, value: float) -> str:
    return "<br>".join(
        (
            escape_plot(name_asset(move), 50, 2),
            _(
                "offset {offset}: {value} forecast errors",
                offset=format_offset(offset),
                value=format_signed(value),
            ),
            _(
                "over the window {move}, {days}",
                move=format_asset_move(move),
                days=format_asset_clock(move),
            ),
            _("p → corrected: {p}", p=format_asset_p(move)),
        )
    )


def _build_titles(
    move: AssetMove, place: tuple[float, float], palette: Palette, *, phone: bool
) -> list[theme.Figure]:
    """The name of the series, and its move with the corrected p."""
    left, top = place
    columns = PHONE_NAME_COLUMNS if phone else NAME_COLUMNS
    font = {"size": theme.FONT_SIZE - (1 if phone else 0), "color": palette.text}
    name = f"<b>{escape_plot(name_asset(move, columns), columns, 1)}</b>"
    result = format_asset_move(move)
    if not math.isnan(move.p_adjusted):
        result = f"{result} · p {format_p(move.p_adjusted)}"
    return [
        theme.build_pane_note(palette, name, top, font=font, yshift=17) | {"x": left},
        theme.build_pane_note(palette, result, top, yshift=2) | {"x": left},
    ]


def _build_event_line(suffix: str, palette: Palette) -> theme.Figure:
    line = {"color": palette.muted, "width": 1, "dash": "dot"}
    place = {"xref": f"x{suffix}", "yref": f"y{suffix} domain", "layer": "below"}
    return theme.build_vertical_line(-0.5, line, **place)


def _build_axes(
    suffix: str,
    domains: tuple[tuple[float, float], tuple[float, float]],
    reach: float,
    palette: Palette,
    *,
    is_first: bool,
) -> dict[str, theme.Figure]:
    x, y = domains
    return {
        f"xaxis{suffix}": theme.build_axis(
            palette,
            domain=list(x),
            anchor=f"y{suffix}",
            range=[OFFSETS[0] - 0.5, OFFSETS[1] + 0.5],
            tickvals=list(TICKS),
            ticktext=[format_offset(tick) for tick in TICKS],
            showgrid=False,
        ),
        f"yaxis{suffix}": theme.build_number_axis(
            palette,
            (-reach, reach),
            4,
            domain=list(y),
            anchor=f"x{suffix}",
            showticklabels=is_first,
        )
        | theme.build_zero_line(palette),
    }
