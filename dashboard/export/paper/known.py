"""Which parts of a Plotly figure can be put on paper; anything else is refused, never dropped.

`DRAWN` lists what the drawing reads, `ON_SCREEN_ONLY` what means nothing on paper: hovering,
clicking, animation. A key in neither stops the drawing, so that a new kind of trace or option
cannot vanish from a report without a word.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from dashboard.models.errors import RoubleReactionError


class CannotDraw(RoubleReactionError):
    """A figure holds something that the drawing does not know."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ON_SCREEN_ONLY: Final = {
    "trace": _words(
        "hoverinfo hovertemplate hovertext hoverlabel hoveron customdata meta ids uid uirevision"
        " selected unselected selectedpoints legendgroup legendrank zorder cliponaxis"
        " hoverongaps xhoverformat yhoverformat zhoverformat textangle constraintext"
        " insidetextanchor"
    ),
    "layout": _words(
        "hovermode hoverdistance spikedistance hoverlabel modebar dragmode selectdirection"
        " clickmode autosize uirevision transition template separators newshape activeshape"
        " selections newselection legend width bargroupgap"
    ),
    "axis": _words(
        "fixedrange hoverformat spikemode spikesnap spikecolor spikethickness spikedash"
        " showspikes uirevision automargin constrain matches layer ticks ticklen tickcolor"
        " tickwidth ticklabelposition ticklabelstandoff ticklabelmode minor linewidth gridwidth"
        " zerolinewidth griddash"
    ),
    "annotation": _words("captureevents hovertext hoverlabel clicktoshow name arrowsize standoff"),
    "shape": _words("name editable label legendgroup showlegend"),
}
"""What is for the screen alone, by the part of a figure."""

DRAWN: Final = {
    "scatter": _words(
        "type mode x y xaxis yaxis line marker text textfont textposition fill fillcolor"
        " connectgaps opacity name showlegend visible error_x error_y"
    ),
    "bar": _words(
        "type orientation x y base width offset xaxis yaxis marker text textposition textfont"
        " opacity name showlegend visible error_x error_y"
    ),
    "heatmap": _words(
        "type x y z xaxis yaxis colorscale zmin zmax zmid showscale colorbar xgap ygap text"
        " texttemplate textfont opacity name showlegend visible reversescale"
    ),
    "marker": _words("symbol color size line opacity"),
    "line": _words("color width dash shape simplify"),
    "error": _words("type array arrayminus symmetric color thickness width visible"),
    "colorbar": _words(
        "title tickvals ticktext tickfont thickness len outlinewidth x y xanchor yanchor"
        " ticks tickformat orientation thicknessmode lenmode nticks xpad ypad"
    ),
    "layout": _words(
        "height margin paper_bgcolor plot_bgcolor font showlegend title annotations shapes"
        " barmode bargap"
    ),
    "axis": _words(
        "type range domain anchor overlaying side visible showgrid gridcolor zeroline"
        " zerolinecolor showline linecolor tickvals ticktext tickmode nticks tickfont tickangle"
        " tickformat ticksuffix tickprefix showticklabels title rangemode autorange categoryarray"
        " categoryorder dtick tick0"
    ),
    "annotation": _words(
        "text x y xref yref xanchor yanchor xshift yshift showarrow arrowcolor arrowwidth"
        " arrowhead ax ay align font bgcolor bordercolor borderpad borderwidth opacity textangle"
        " valign width visible"
    ),
    "shape": _words("type xref yref x0 x1 y0 y1 line fillcolor opacity layer visible"),
}
"""What is drawn, by the part of a figure."""


def check(part: str, found: Mapping[str, Any], *, like: str = "") -> None:
    """Refuse a part of a figure that holds an unknown key.

    Args:
        part: which part of `DRAWN`.
        found: the part as the figure has it.
        like: which part of `ON_SCREEN_ONLY` goes with it, where that is another word.

    Raises:
        CannotDraw: naming the part and the key.
    """
    for key in found:
        if key not in DRAWN[part] and key not in ON_SCREEN_ONLY.get(like or part, ()):
            msg = f"chart on paper: {part}.{key} is not known; teach export/paper to draw it"
            raise CannotDraw(msg)


def refuse(what: str, value: object) -> CannotDraw:
    """The refusal of a value that the drawing does not know."""
    msg = f"chart on paper: {what} {value!r} is not known; teach export/paper to draw it"
    return CannotDraw(msg)
