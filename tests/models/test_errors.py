"""An input error names a field; an interface gives the field its own name."""

from __future__ import annotations

import pytest

from dashboard.models.errors import InputError


@pytest.mark.parametrize(
    ("error", "text", "labelled"),
    [
        (InputError("too short", field="estimation", value=5), "estimation 5: too short",
         "--estimation 5: too short"),
        (InputError("is there twice", field="map"), "map: is there twice", "--map: is there twice"),
    ],
)  # fmt: skip
def test_a_field_is_named_as_the_interface_names_it(error, text, labelled):
    assert str(error) == text
    assert error.labelled(f"--{error.field}") == labelled


def test_a_message_without_a_field_is_the_whole_line():
    error = InputError("a.csv, row 2: is empty")
    assert str(error) == error.labelled("") == "a.csv, row 2: is empty"
    assert (error.field, error.value) == ("", "")


def test_a_label_may_be_left_out():
    assert InputError("is no field", field="map", value="Was").labelled("") == "Was: is no field"
