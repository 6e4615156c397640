# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Executes examples/notebook.ipynb, whose texts must be what is stored in it."""
import pathlib
import re

import pytest

nbclient = pytest.importorskip("nbclient")
nbformat = pytest.importorskip("nbformat")

EXAMPLES = pathlib.Path(__file__).parents[2] / "examples"
SECONDS = 300  # for a cell


def texts(notebook):
    """What each cell printed, and the pictures and tables that it showed; not
    its progress, on stderr, which depends on the clock."""
    shown = []
    for cell in notebook.cells:
        outputs = [o for o in cell.get("outputs", []) if o.get("name") != "stderr"]
        kinds = [sorted(output.data) for output in outputs if "data" in output]
        text = "".join(output.get("text", "") for output in outputs)
        shown.append((text, kinds))
    return shown


def test_notebook_gives_what_it_shows():
    stored = nbformat.read(EXAMPLES / "notebook.ipynb", 4)
    fresh = nbformat.read(EXAMPLES / "notebook.ipynb", 4)
    for cell in fresh.cells:
        cell.pop("outputs", None)
        if cell.cell_type == "code":
            cell.outputs = []
    client = nbclient.NotebookClient(
        fresh, timeout=SECONDS, kernel_name="python3",
        resources={"metadata": {"path": str(EXAMPLES)}})
    client.execute()
    assert texts(fresh) == texts(stored)


def test_notebook_is_short_and_without_paths():
    notebook = nbformat.read(EXAMPLES / "notebook.ipynb", 4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert 8 <= len(code) <= 14
    everything = (EXAMPLES / "notebook.ipynb").read_text()
    assert not re.search(r"/(work|home|root|tmp)/", everything)
