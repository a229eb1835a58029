"""The terms of the method: one list for the help of every page, the glossary and the reference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from dashboard.models.currencies import currency_of
from dashboard.models.messages import deferred, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.models.series import QUOTE_IS_SUBJECT, SeriesCard

TERM_GROUPS: Final = {
    "rate": deferred("Reading the rate"),
    "window": deferred("Days and windows"),
    "ordinary": deferred("Is one move ordinary?"),
    "group": deferred("Averages and tests"),
    "relation": deferred("Series and choices"),
}


@dataclass(frozen=True, slots=True)
class Term:
    """A term, its meaning in a sentence or two, and its group of the glossary.

    `key` names it in the code; its `anchor` is part of the address of its place in the method.
    """

    key: str
    group: str
    name: str
    meaning: str

    @property
    def anchor(self) -> str:
        """The anchor of the term on the Method page, the same in every language."""
        return self.key.replace("_", "-")


# Each has (key, name, meaning).
_ENTRIES: Final[dict[str, tuple[tuple[str, str, str], ...]]] = {
    "rate": (
        ("log_points", deferred("log points"),
         deferred("100 × the change of the logarithm. One log point is about one per cent; unlike"
                  " per cent it has the same size in both quotes and can be added over days.")),
        ("fixing", deferred("fixing"),
         deferred("One official rate of the Bank of Russia. It is set on a working day from the"
                  " deals of that day and carries the date of the next day.")),
        ("record_date", deferred("record date"),
         deferred("The date the publisher prints next to a rate.")),
        ("market_day", deferred("market day"),
         deferred("The day whose deals the rate describes.")),
        ("known_at", deferred("known at"),
         deferred("The moment up to which news can be inside a rate.")),
    ),
    "window": (
        ("offset", deferred("offset"),
         deferred("Position of a rate relative to the event, counted in rates of the series, not in"
                  " calendar days: −1 is the last rate before it.")),
        ("first_rate", deferred("first rate (offset 0)"),
         deferred("The first rate that can contain the event.")),
        ("base", deferred("base (offset −1)"),
         deferred("The rate before the first one, from which a move is counted.")),
        ("window", deferred("[0,0], [0,1] …"),
         deferred("A window from one offset to another, both included. [0,0] is the move to the"
                  " first rate that can contain the event, [0,1] the move to the one after it,"
                  " [−5,−1] the move over the five rates before.")),
        ("event_window", deferred("event window"),
         deferred("The offsets looked at around an event, such as −5 to 10.")),
        ("estimation_window", deferred("estimation window"),
         deferred("The rates before the event window from which an ordinary move is learnt.")),
        ("gap", deferred("gap"),
         deferred("Rates left out between the estimation and the event window, so that news that"
                  " leaked early does not count as ordinary.")),
        ("crowding", deferred("crowding"),
         deferred("Other events in the same window: the move belongs to all of them.")),
    ),
    "ordinary": (
        ("ar", deferred("AR"),
         deferred("Abnormal return: the move at one offset less the move the model expects.")),
        ("car", deferred("CAR"),
         deferred("Cumulative abnormal return: the move over a window beyond what the model"
                  " expects; the AR of its offsets added up.")),
        ("scar", deferred("SCAR"),
         deferred("CAR in standard deviations of the same event's forecast error, so that quiet and"
                  " turbulent times can be compared.")),
        ("ordinary_range", deferred("ordinary range"),
         deferred("Where 95 of 100 moves lie if the days before are a guide. No forecast.")),
        ("pseudo_date", deferred("comparison date"),
         deferred("A date without an event on which the same move is measured, as a yardstick; the"
                  " literature says pseudo-date.")),
        ("quiet_date", deferred("quiet date"),
         deferred("A comparison date whose own event window touches no listed event.")),
        ("nearest_dates", deferred("nearest dates"),
         deferred("Comparison dates within 250 rates of the event whose window leaves its first"
                  " rate out.")),
        ("similar_volatility", deferred("similar volatility"),
         deferred("Comparison dates that followed a time about as turbulent: the same third of all"
                  " dates by volatility.")),
        ("percentile", deferred("percentile"),
         deferred("“Bigger than 44 % of days”: the share of comparison dates with a smaller move"
                  " in size, each measured in units of the volatility before it.")),
        ("placebo_p", deferred("placebo p"),
         deferred("How often a date without an event does as much: the share of comparison dates,"
                  " the event included, whose move is at least as large. Below 0.05 is rare.")),
    ),
    "group": (
        ("p_value", deferred("p-value"),
         deferred("How often a result at least this far from zero would come by chance if the"
                  " events had no effect. Read it together with N and the correction.")),
        ("n_events", deferred("N"),
         deferred("The number of events measured. Events in the same rate share one move, so the"
                  " number of distinct rates and of clusters stands next to it.")),
        ("cluster", deferred("cluster"),
         deferred("Events whose event windows overlap, also by a chain of others: one episode.")),
        ("aar", deferred("AAR, CAAR"),
         deferred("The averages of AR and CAR over several events.")),
        ("bhar", deferred("BHAR"),
         deferred("Buy-and-hold abnormal return, for simple returns only.")),
        ("declared_test", deferred("declared test"),
         deferred("The one test that gives the verdict: signed ranks of clusters, chosen before"
                  " any data were looked at.")),
        ("smallest_visible", deferred("smallest visible move"),
         deferred("The average move that the declared test would find in four studies of five;"
                  " smaller ones can be there unseen.")),
        ("hit_rate", deferred("hit rate"),
         deferred("The share of events after which the series moved the way such events were"
                  " expected to move it; events with no expectation are left out.")),
        ("calendar_shift", deferred("calendar shift"),
         deferred("A test that moves the whole set of event dates together to every other place in"
                  " the series and counts how often the result is at least as large. It assumes"
                  " that volatility is the same at all times.")),
        ("confidence_interval", deferred("95 % interval"),
         deferred("The means that the test does not reject at 5 %: the data fit any of them.")),
        ("bca", deferred("BCa"),
         deferred("Bias-corrected and accelerated bootstrap interval: clusters are drawn again and"
                  " again, and the interval is corrected for bias and skew.")),
        ("holm", deferred("Holm correction"),
         deferred("Raises the p-values of several questions put together, so that the chance of"
                  " even one false finding stays below 5 %.")),
        ("fdr", deferred("Benjamini-Hochberg"),
         deferred("Raises p-values so that at most 5 % of the findings are expected to be false;"
                  " milder than Holm.")),
        ("robust_se", deferred("robust standard errors"),
         deferred("Standard errors that allow for volatility that changes (HC1), for moves that"
                  " depend on the days before (Newey-West, HAC) or for events that share an"
                  " episode (clustered).")),
        ("leave_one_out", deferred("without each event"),
         deferred("The average computed again without one event at a time: it shows whether a"
                  " single event carries the result.")),
        ("t_statistic", deferred("Student's t"),
         deferred("The move divided by its standard error. With a long estimation window, beyond ±2"
                  " is rare.")),
    ),
    "relation": (
        ("standard_deviations", deferred("standard deviations"),
         deferred("A move divided by how much the series usually moves over as many days, so that"
                  " series of different size can stand in one table.")),
        ("spearman", deferred("Spearman's rho"),
         deferred("Correlation of ranks, from −1 to 1: whether one rises when the other does,"
                  " whatever the size.")),
        ("lead_lag", deferred("lead and lag"),
         deferred("The correlation of event dates with moves some days before (lead) and after"
                  " (lag) them.")),
        ("local_projection", deferred("local projection"),
         deferred("One regression for each horizon: how far the series has moved so many days"
                  " after an event, given the controls.")),
        ("sup_t", deferred("sup-t band"),
         deferred("A band that contains the whole path in 95 of 100 cases, not only each point of"
                  " it.")),
        ("wilson", deferred("Wilson interval"),
         deferred("An interval of a share; it takes events as independent of one another.")),
        ("precedent", deferred("precedent"),
         deferred("An event that is alike by what was known when it happened, and whose"
                  " observations overlap neither this event's nor those of a more alike one.")),
        ("likeness", deferred("likeness"),
         deferred("From 0 to 1: the weighted mean of what two events share of category, kind of"
                  " step, actor, title, expected direction, announced step and volatility. What"
                  " followed is not part of it.")),
        ("came_back", deferred("came back"),
         deferred("The share of the move up to offset 1 that is gone at a later offset: 100 % is"
                  " back at the base, less than 0 went on.")),
        ("episode", deferred("episode"),
         deferred("The events of one story, such as rounds of talks, from the first to the last.")),
        ("specification_curve", deferred("specification curve"),
         deferred("The same mean under every combination of defensible choices, sorted by size.")),
        ("surprise", deferred("surprise"),
         deferred("The released value less the one that was expected, in its unit. What was"
                  " expected is in the price before; only the rest is news.")),
        ("dose_response", deferred("dose response"),
         deferred("How much further the series moved for one unit more of a dose: a surprise, a"
                  " change, or an intensity that somebody gave the event.")),
        ("randomisation", deferred("p by arrangement"),
         deferred("The share of all ways to deal the doses out over the clusters of events that"
                  " give a slope at least as clear.")),
        ("second_stage", deferred("second stage"),
         deferred("A regression of the moves after events on what the events carry, such as their"
                  " category or surprise.")),
        ("joint_p", deferred("joint p"),
         deferred("One p-value for all specifications together: how often random signs of the"
                  " events give a median result at least as large.")),
    ),
}  # fmt: skip

TERMS: Final[dict[str, Term]] = {
    key: Term(key, group, name, meaning)
    for group, entries in _ENTRIES.items()
    for key, name, meaning in entries
}
"""The terms that do not depend on a series, by key."""


def define_terms(card: SeriesCard) -> tuple[Term, ...]:
    """All terms in the language in use; the first three depend on the series."""
    return (*_define_move(card), *map(_translate, TERMS.values()))


def find_term(key: str) -> Term:
    """One term that does not depend on a series, in the language in use.

    Raises:
        KeyError: there is no such term.
    """
    return _translate(TERMS[key])


def _translate(term: Term) -> Term:
    name, meaning = translate_deferred(term.name), translate_deferred(term.meaning)
    return Term(term.key, term.group, name, meaning)


def _define_move(card: SeriesCard) -> tuple[Term, ...]:
    texts = _describe_quote(card)
    return tuple(
        Term(key, "rate", name, meaning)
        for key, (name, meaning) in zip(("quote", "direction", "move"), texts, strict=True)
    )


def _describe_quote(card: SeriesCard) -> tuple[tuple[str, str], ...]:
    pair, subject = card.pair, card.subject
    if pair is None:
        return (
            (card.unit_label, _("What the published number counts.")),
            (_("up, down"), _("Always the published number.")),
            (_("move"), _("The log change of the published number; positive = up.")),
        )
    values = {
        "counted": translate_deferred(currency_of(pair.quote).plural),
        "base": translate_deferred(currency_of(pair.base).noun),
        "subject": subject.name,
        "unit": card.unit_label,
    }
    printed = _("The number the publisher prints: how many {counted} one {base} costs.", **values)
    if card.move_sign == QUOTE_IS_SUBJECT:
        stronger = _("Always {subject}: stronger = fewer {counted} per {base}.", **values)
        move = _("Of {subject}: minus the log change of {unit}; positive = stronger.", **values)
    else:
        stronger = _("Always {subject}: stronger = more {counted} per {base}.", **values)
        move = _("Of {subject}: the log change of {unit}; positive = stronger.", **values)
    return ((card.unit_label, printed), (_("stronger, weaker"), stronger), (_("move"), move))
