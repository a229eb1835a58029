"""What `dashboard` exports, for type checkers: the names are imported when they are first used."""

from pathlib import Path

from dashboard.models.errors import InputError as InputError
from dashboard.notebooks.analysis import (
    check_claim as check_claim,
)
from dashboard.notebooks.analysis import (
    compare as compare,
)
from dashboard.notebooks.analysis import (
    facts as facts,
)
from dashboard.notebooks.analysis import (
    load_events as load_events,
)
from dashboard.notebooks.analysis import (
    load_rates as load_rates,
)
from dashboard.notebooks.analysis import (
    plot_compare as plot_compare,
)
from dashboard.notebooks.analysis import (
    plot_event as plot_event,
)
from dashboard.notebooks.analysis import (
    read_article as read_article,
)
from dashboard.notebooks.analysis import (
    robustness as robustness,
)
from dashboard.notebooks.analysis import (
    study as study,
)
from dashboard.notebooks.results import (
    ArticleFindings as ArticleFindings,
)
from dashboard.notebooks.results import (
    ClaimCheck as ClaimCheck,
)
from dashboard.notebooks.results import (
    Compared as Compared,
)
from dashboard.notebooks.results import (
    Facts as Facts,
)
from dashboard.notebooks.results import (
    Robustness as Robustness,
)
from dashboard.notebooks.results import (
    Study as Study,
)

__version__: str

def shipped_path(name: str) -> Path: ...
