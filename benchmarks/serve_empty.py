"""`python -m benchmarks.serve_empty PORT`: serve the empty page as the product is served."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st

from dashboard.app import LOOPBACK, STREAMLIT_CONFIG, read_streamlit_config

PAGE = Path(__file__).with_name("empty_page.py")


def serve(port: int) -> None:
    """Serve the page on this machine, with the settings of the product, until stopped."""

    @asynccontextmanager
    async def announce(_app: st.App) -> AsyncIterator[None]:
        print(f"The empty page is at http://{LOOPBACK}:{port}", flush=True)
        yield

    settings = read_streamlit_config(STREAMLIT_CONFIG) | {
        "server.port": port,
        "server.address": LOOPBACK,
    }
    st.App(PAGE, lifespan=announce).run(config=settings)


if __name__ == "__main__":
    serve(int(sys.argv[1]))
