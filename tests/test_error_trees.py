"""The trees that the modules of errors print at their heads are the trees of their classes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from handlers.wire import errors as of_handlers
from pandapon import errors as of_pandapon
from storage import errors as of_storage

if TYPE_CHECKING:
    from types import ModuleType


def tree(base: type[BaseException], depth: int = 0) -> list[str]:
    """The class and those below it that its own module defines."""
    below = [subclass for subclass in base.__subclasses__() if subclass.__module__ == base.__module__]
    return [f"{'  ' * depth}{base.__name__}", *(line for error in below for line in tree(error, depth + 1))]


@pytest.mark.parametrize(
    ("module", "base"),
    [
        (of_handlers, of_handlers.RequestError),
        (of_pandapon, of_pandapon.PandaPonError),
        (of_storage, of_storage.StorageError),
    ],
)
def test_the_printed_tree_is_the_tree(module: ModuleType, base: type[BaseException]) -> None:
    """A class that is added or moved stands in it."""
    printed = re.findall(r"^ *\w+Error$", module.__doc__ or "", re.MULTILINE)
    assert printed == tree(base)
    assert len(printed) == len(set(printed)) > 5
