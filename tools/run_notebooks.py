"""Execute the notebooks of the documentation, and write each as a page of it too.

`python -m tools.run_notebooks` runs them in a home of their own and stores what they answer.
"""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path
from typing import Any, Final

import nbformat
from nbclient import NotebookClient

ROOT: Final = Path(__file__).parents[1]
NOTEBOOKS: Final = ROOT / "docs/notebooks"
SECONDS: Final = 120
FIGURE: Final = "application/vnd.plotly.v1+json"


def run_notebook(path: Path) -> nbformat.NotebookNode:
    """A notebook with the outputs of a new kernel.

    Raises:
        CellExecutionError: a cell failed.
    """
    notebook = nbformat.read(path, as_version=4)
    with tempfile.TemporaryDirectory() as folder:
        environment = dict(os.environ)  # noqa: TID251 - that of the kernel
        paths = [str(ROOT), *filter(None, [environment.get("PYTHONPATH", "")])]
        environment |= {
            "DASHBOARD_HOME": folder,
            "DASHBOARD_OFFLINE": "1",
            "PLOTLY_RENDERER": "plotly_mimetype",
            "PYTHONPATH": os.pathsep.join(paths),
        }
        client = NotebookClient(
            notebook, timeout=SECONDS, kernel_name="python3", coalesce_streams=True
        )
        client.execute(cwd=folder, env=environment)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
    return notebook


def list_outputs(notebook: nbformat.NotebookNode) -> list[list[Any]]:
    """What each cell of code answered: its texts, and of a figure that it is one."""
    return [
        [_output_text(output) for output in cell.outputs]
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]


def _output_text(output: nbformat.NotebookNode) -> str:
    if output.output_type == "stream":
        return str(output.text)
    return FIGURE if FIGURE in output.data else str(output.data["text/plain"])


def write_page(notebook: nbformat.NotebookNode, name: str) -> str:
    """A notebook as a page of the documentation."""
    parts = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            parts.append(cell.source)
            continue
        parts.append(f"```python\n{cell.source}\n```")
        for text in (_output_text(output) for output in cell.outputs):
            shown = f"*A figure of Plotly: open [the notebook]({name}.ipynb) to see it.*"
            parts.append(shown if text == FIGURE else f"```text\n{text.rstrip()}\n```")
    parts.insert(1, f"[Download this page as a notebook]({name}.ipynb)")
    return "\n\n".join(parts) + "\n"


def main() -> None:
    """Execute every notebook and write it with its page."""
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        notebook = run_notebook(path)
        text = nbformat.writes(notebook)
        path.write_text(re.sub(r"\n*\Z", "\n", text), encoding="utf-8")
        path.with_suffix(".md").write_text(write_page(notebook, path.stem), encoding="utf-8")
        print(f"{path.name}: {len(list_outputs(notebook))} cells")


if __name__ == "__main__":
    main()
