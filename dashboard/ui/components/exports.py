"""Files that leave a page: tables, reports and bundles, audited and rate-limited.

A file is made at the click, outside the run of the page: what it needs is bound while the page
runs.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

import streamlit as st
from streamlit import runtime
from streamlit.proto.BackMsg_pb2 import BackendOperationRequest
from streamlit.proto.ForwardMsg_pb2 import BackendOperationResponse, DeferredFileResponsePayload
from streamlit.runtime import app_session
from streamlit.runtime.backend_operation_handler import DeferredFileHandler
from streamlit.runtime.media_file_manager import MediaFileManager, MediaFileMetadata
from streamlit.runtime.media_file_storage import (
    MediaFileKind,
    MediaFileStorage,
    MediaFileStorageError,
)

from dashboard.models.errors import InputError, RoubleReactionError
from dashboard.models.messages import deferred, keep_language, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.models.series import RateSeries, as_of_text
from dashboard.models.tables import (
    LinkedChart,
    PictureSize,
    ReportChart,
    ReportDocument,
    ReportFormat,
    ReportTable,
)
from dashboard.presentation.charts.theme import Figure
from dashboard.presentation.escaping import escape_markdown, plain_text
from dashboard.presentation.reports import ReportContext, build_picture_report
from dashboard.services.exports import (
    MEDIA_TYPES,
    PICTURE_FORMATS,
    TABLE_MEDIA_TYPES,
    FileFormat,
    download_file_name,
    write_report,
)
from dashboard.ui import session
from dashboard.ui.components.elements import (
    EMBED_NAMES,
    build_links,
    draw_embed_code,
    draw_links,
)
from dashboard.ui.url_state import UrlState, format_ignored_notice

if TYPE_CHECKING:
    from dashboard.container import AppContext


logger: Final = logging.getLogger(__name__)

BytesFactory = Callable[[], bytes]
TableFactory = Callable[[FileFormat], bytes]
TABLE_LABELS: Final[dict[FileFormat, str]] = {
    "plain": "CSV",
    "xlsx": deferred("Excel workbook"),
    "excel": deferred("CSV for Excel"),
    "excel-ru": deferred("CSV for Russian Excel"),
}
FILE_SECONDS: Final = 600.0
"""How long a file can be fetched after it was made."""
MAKER_SECONDS: Final = 120.0
"""How long a button works after the run of the page that drew it."""
MENU_HEIGHT: Final = 220
"""Of a menu in pixels while it is filled."""
BUNDLE_LABEL: Final = deferred("Bundle to reproduce it (ZIP)")
BUNDLE_HELP: Final = deferred(
    "The bundle holds the numbers and everything they were computed from; `python -m dashboard"
    " reproduce FILE` computes them again and compares."
)


def audit_export(make: BytesFactory, file_name: str) -> BytesFactory:
    """A file that is written to the audit log when it is downloaded.

    Args:
        make: gives the bytes; it must hold a snapshot, not the state of the page.
        file_name: its name in the audit log.
    """
    return keep_language(partial(_make_audited, make, file_name, session.get_live_context()))


def limit_export(make: BytesFactory, file_name: str) -> BytesFactory:
    """A report or a bundle: audited like a table, and limited to a number an hour.

    What fails is tried a second time. The factory raises `RateLimited` where the limit is reached.
    """
    context, reader = session.get_live_context(), session.get_reader_id()

    def make_one() -> bytes:
        context.limits.take(reader, "export")
        try:
            return make()
        except InputError:
            raise
        except RoubleReactionError as error:  # a browser that did not start, or was too slow
            logger.warning("%s is made a second time: %s", file_name, error)
            return make()

    return keep_language(partial(_make_audited, make_one, file_name, context))


def _make_audited(make: BytesFactory, file_name: str, context: AppContext) -> bytes:
    content = make()
    if session.is_public():  # of visitors nothing is written, not even that they were here
        return content
    try:
        context.notes.audit.write("export", file_name, (None, {"bytes": len(content)}))
    except (
        RoubleReactionError
    ) as error:  # the file is still given while the database is unavailable
        logger.warning("the export of %s is not in the audit log: %s", file_name, error)
    return content


def draw_table_buttons(
    label: str,
    name: tuple[object, ...],
    make: TableFactory,
    key: str,
    *,
    has_workbook: bool = True,
) -> None:
    """Draw a button for each format of a table; `make` is called with the format at the click.

    Args:
        label: what is in the file, such as "this view, 412 rows".
        name: the parts of the file name.
        make: gives the bytes; it must hold a snapshot, not the state of the page.
        key: a key that is unique on the page.
        has_workbook: whether the table is short enough for a workbook.
    """
    for dialect, title in TABLE_LABELS.items():
        if dialect == "xlsx" and not has_workbook:
            continue
        file_name = download_file_name(*name, dialect=dialect)
        st.download_button(
            f"{translate_deferred(title)} ({label})",
            data=audit_export(_bind_dialect(make, dialect), file_name),
            file_name=file_name,
            mime=TABLE_MEDIA_TYPES[dialect],
            on_click="ignore",
            icon=":material/download:",
            key=f"{key}.{dialect}",
        )


def _bind_dialect(make: TableFactory, dialect: FileFormat) -> Callable[[], bytes]:
    return lambda: make(dialect)


# ------------------------------------------------------------------ reports and bundles


def build_report_context(page_id: str, link: UrlState) -> ReportContext:
    """When a report of a view is made, and its links: live, and frozen at what is known now.

    In a frozen view the frozen link keeps the moment of the view.
    """
    now, as_of = session.get_export_time(), session.get_as_of()
    live, frozen = build_links(page_id, link, as_of or now.replace(microsecond=0))
    if session.is_visitor() and as_of is None:  # the same picture, whenever it is requested
        frozen = ""
    public_url = session.get_live_context().settings.dashboard_public_url or ""
    return ReportContext(now, live, frozen, as_of, public_url)


def build_manifest_parameters(context: ReportContext) -> dict[str, str]:
    """The parameters of a frozen view for the manifest of a bundle; none for a live view."""
    return {} if context.as_of is None else {"asof": as_of_text(context.as_of)}


def draw_limit_notice() -> None:
    """Say beforehand that the reader has reached the limit of files an hour."""
    reason = session.get_context().limits.refusal_reason(session.get_reader_id(), "export")
    if reason:
        st.warning(
            _("None is made now: {reason}", reason=reason), icon=":material/hourglass_empty:"
        )


def _bind_report(
    report: Callable[[], ReportDocument], kind: ReportFormat, size: PictureSize = "web"
) -> Callable[[], bytes]:
    return lambda: write_report(report(), kind, size)


# ------------------------------------------------------------------ the menu of a chart


@dataclass(frozen=True, slots=True)
class ChartPicture:
    """A chart as a picture: for print, or as a link of a program asks for it.

    Attributes:
        figure: builds the figure at the click; it must hold a snapshot, not the state of the page.
            For a file with `LIGHT_PALETTE` and for a desktop.
        title: the finding, one sentence.
        subtitle: what is drawn, with its unit.
        alt: the text alternative of the page.
        series: whose publishers and last days are named as the source.
        definition: how it was computed, where the subtitle does not say it; may be empty.
    """

    figure: Callable[[], Figure]
    title: str
    subtitle: str
    alt: str
    series: tuple[RateSeries, ...] = ()
    definition: str = ""


@dataclass(frozen=True, slots=True)
class Downloads:
    """What a menu offers; nothing is made before a click, and what is missing is not offered.

    Attributes:
        name: the parts of the file names.
        page_id: the page of `link`.
        link: the view, for the links in the menu and in the files.
        picture: the chart as PNG and SVG.
        tables: the label ("Moves, 6 rows") of each table and what gives its bytes in a format,
            by the name that ends the file name.
        documents: gives the JSON of a table, by its name.
        too_long: the names of tables that are too long for a workbook.
        report: gives the report, as PDF and as a page.
        bundles: gives the bytes of each reproducible bundle, by its label.
        warning: what to know before passing the files on; may be empty.
        has_embed: whether the link holds all of the chart, so that another site can show it.
    """

    name: tuple[object, ...]
    page_id: str
    link: UrlState
    picture: ChartPicture | None = None
    tables: Mapping[str, tuple[str, TableFactory]] = field(default_factory=dict)
    documents: Mapping[str, BytesFactory] = field(default_factory=dict)
    too_long: frozenset[str] = frozenset()
    report: Callable[[], ReportDocument] | None = None
    bundles: Mapping[str, BytesFactory] = field(default_factory=dict)
    warning: str = ""
    has_embed: bool = True


PICTURE_TITLES: Final[dict[PictureSize, str]] = {
    "web": deferred("{kind}, web"),
    "print": deferred("{kind}, print"),
    "square": deferred("{kind}, square"),
}
PICTURE_HELP: Final[dict[PictureSize, str]] = {
    "web": deferred("1200 × 675, for an article or a slide"),
    "print": deferred("180 × 90 mm at 600 dpi, two columns of a newspaper"),
    "square": deferred("1080 × 1080, for social media and phones"),
}
SHORT_REPORT_LABELS: Final[dict[ReportFormat, str]] = {
    "pdf": "PDF",
    "html": deferred("Web page (HTML)"),
}
SHORT_TABLE_LABELS: Final[dict[FileFormat, str]] = {
    "plain": "CSV",
    "xlsx": "Excel",
    "excel": deferred("CSV for Excel"),
    "excel-ru": deferred("CSV for Russian Excel"),
}


def draw_download_menu(
    downloads: Downloads | Callable[[], Downloads], key: str, label: str = ""
) -> None:
    """Draw one button that opens onto pictures, tables, reports and links of a chart or a view.

    The menu is filled when it is opened, in a fragment: the page is not run again for it.

    Args:
        downloads: what it offers, or what builds it when the menu is opened.
        key: a key that is unique on the page.
        label: of the button; `Download` where it is empty.
    """
    _draw_menu(downloads, key, label or _("Download"))


@st.fragment
def _draw_menu(offer: Downloads | Callable[[], Downloads], key: str, label: str) -> None:
    menu = st.popover(label, icon=":material/download:", key=key, on_change="rerun")
    with menu:
        if not menu.open:
            st.skeleton(MENU_HEIGHT)
            return
        downloads = offer if isinstance(offer, Downloads) else offer()
        _draw_pictures(downloads, key)
        for table in downloads.tables:
            _draw_table(downloads, table, f"{key}.{table}")
        _draw_report(downloads, key)
        with st.expander(_("Link"), icon=":material/link:"):
            draw_links(downloads.page_id, downloads.link)
        if downloads.picture and downloads.has_embed and downloads.page_id in EMBED_NAMES:
            with st.expander(_("Show it on a web page"), icon=":material/code:"):
                draw_embed_code(downloads.page_id, downloads.link, downloads.picture.title)
        if downloads.warning:
            st.warning(downloads.warning, icon=":material/lock_open:")


def _draw_pictures(downloads: Downloads, key: str) -> None:
    picture = downloads.picture
    if picture is None:
        return
    context = build_report_context(downloads.page_id, downloads.link)
    report = partial(_build_picture, picture, context)
    for kind in sorted(PICTURE_FORMATS):
        with st.container(horizontal=True, gap="xsmall"):
            for size, title in PICTURE_TITLES.items():
                name = download_file_name(*downloads.name, size, extension=kind)
                _draw_download(
                    translate_deferred(title).format(kind=kind.upper()),
                    (name, MEDIA_TYPES[kind]),
                    limit_export(_bind_report(report, kind, size), name),
                    f"{key}.{kind}.{size}",
                    translate_deferred(PICTURE_HELP[size]),
                )


def _build_picture(picture: ChartPicture, context: ReportContext) -> ReportDocument:
    chart = ReportChart(
        picture.figure(), picture.title, picture.subtitle, picture.definition, picture.alt
    )
    return build_picture_report(chart, picture.series, context)


def build_linked_chart(
    page_id: str,
    link: UrlState,
    picture: ChartPicture,
    data: tuple[str, tuple[Any, ...]],
    tables: Sequence[ReportTable],
) -> LinkedChart:
    """The chart of a link for programs and for pages of other sites.

    Args:
        page_id: the page of the link.
        link: the view.
        picture: the chart, in the colours and at the width that are requested.
        data: the name and the objects of the table of its numbers.
        tables: the same in words.
    """
    context = build_report_context(page_id, link)
    chart = ReportChart(
        picture.figure(), picture.title, picture.subtitle, picture.definition, picture.alt
    )
    table, objects = data
    return LinkedChart(
        build_picture_report(chart, picture.series, context, tables),
        table,
        objects,
        tuple(one.card for one in picture.series),
        link.query(),
        context.as_of,
        link.ignored,
        format_ignored_notice(link.ignored),
    )


def _draw_table(downloads: Downloads, table: str, key: str) -> None:
    title, make = downloads.tables[table]
    name = (*downloads.name, table)
    st.caption(escape_markdown(title))
    with st.container(horizontal=True, gap="xsmall"):
        for dialect, label in SHORT_TABLE_LABELS.items():
            if dialect == "xlsx" and table in downloads.too_long:
                continue
            file_name = download_file_name(*name, dialect=dialect)
            _draw_download(
                translate_deferred(label),
                (file_name, TABLE_MEDIA_TYPES[dialect]),
                audit_export(partial(make, dialect), file_name),
                f"{key}.{dialect}",
            )
        if table in downloads.documents:
            file_name = download_file_name(*name, extension="json")
            _draw_download(
                "JSON",
                (file_name, "application/json"),
                audit_export(downloads.documents[table], file_name),
                f"{key}.json",
            )


def _draw_report(downloads: Downloads, key: str) -> None:
    """Draw the report in its formats, and the bundles."""
    report, bundles = downloads.report, downloads.bundles
    if report is None and not bundles:
        return
    st.caption(_("Report with tables, method and sources"))
    with st.container(horizontal=True, gap="xsmall"):
        if report is not None:
            for kind, label in SHORT_REPORT_LABELS.items():
                name = download_file_name(*downloads.name, "report", extension=kind)
                _draw_download(
                    translate_deferred(label),
                    (name, MEDIA_TYPES[kind]),
                    limit_export(_bind_report(report, kind), name),
                    f"{key}.{kind}",
                )
        for at, (label, bundle) in enumerate(bundles.items(), 1):
            number = (at,) if len(bundles) > 1 else ()
            name = download_file_name(*downloads.name, "bundle", *number, extension="zip")
            _draw_download(
                label,
                (name, "application/zip"),
                limit_export(bundle, name),
                f"{key}.bundle.{at}",
                translate_deferred(BUNDLE_HELP),
            )


def _draw_download(
    label: str, file: tuple[str, str], make: BytesFactory, key: str, explanation: str | None = None
) -> None:
    """Draw a button for a file, given its name and media type, that is made at the click."""
    st.download_button(
        label,
        data=make,
        file_name=file[0],
        mime=file[1],
        on_click="ignore",
        key=key,
        help=explanation,
    )


# ------------------------------------------------------------------ files outlive runs of a page


class LastingFiles(MediaFileManager):
    """Streamlit's files, with those for download available for a while after a run of the page.

    Streamlit refers to a made file from no page, and deletes it after the next two runs of any
    page or fragment in the process: sooner than a busy browser fetches it. What makes a file goes
    with the run that offered it, although the browser still shows the button of that run.
    """

    def __init__(self, storage: MediaFileStorage) -> None:
        super().__init__(storage)
        self._file_ends: WeakKeyDictionary[MediaFileMetadata, float] = WeakKeyDictionary()
        self._maker_ends: dict[str, float] = {}

    def _delete_file(self, file_id: str) -> None:
        now, metadata = time.monotonic(), self._file_metadata[file_id]
        ends = self._file_ends.setdefault(metadata, now + FILE_SECONDS)
        if metadata.kind != MediaFileKind.DOWNLOADABLE or now >= ends:
            super()._delete_file(file_id)

    def _drop_deferred_id(self, file_id: str) -> None:
        now = time.monotonic()
        if now >= self._maker_ends.setdefault(file_id, now + MAKER_SECONDS):
            del self._maker_ends[file_id]
            super()._drop_deferred_id(file_id)


class FileRequestHandler(DeferredFileHandler):
    """Answers the click on a download button; what is refused is shown below it with its reason."""

    async def handle(
        self, request: BackendOperationRequest, session_id: str
    ) -> BackendOperationResponse:
        """The address of the file, or why there is none."""
        file_id, manager = request.deferred_file.file_id, self._get_media_file_mgr()
        try:
            url = await asyncio.to_thread(manager.execute_deferred, file_id)
        except MediaFileStorageError as error:
            logger.warning("a file for session %s was not made", session_id, exc_info=error)
            return BackendOperationResponse(
                request_id=request.request_id, error_msg=describe_failure(error)
            )
        return BackendOperationResponse(
            request_id=request.request_id, deferred_file=DeferredFileResponsePayload(url=url)
        )


def describe_failure(error: MediaFileStorageError) -> str:
    """Why a file was not made, in words for the reader, and what to do."""
    cause = error.__cause__
    if isinstance(cause, RoubleReactionError):
        return _("Not made: {reason}", reason=plain_text(str(cause)))
    return _("The file was not made. Click again; if it fails again, reload the page.")


def keep_downloads() -> None:
    """Let files outlive the runs of pages, in this process; call it before the first session.

    There is no public way to either.
    """
    server = runtime.get_instance()
    server._media_file_mgr = LastingFiles(server._media_file_mgr._storage)
    app_session.DeferredFileHandler = FileRequestHandler  # type: ignore[attr-defined]
