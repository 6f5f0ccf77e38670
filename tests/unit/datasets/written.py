"""A good table of the user's own, and the check of an error that a bad one gets."""

from __future__ import annotations

import pytest

from gnnrec.errors import DataError, GnnrecError

GOOD = "user_id,item_id,rating,timestamp\n1,10,4,100\n1,11,5,200\n2,10,3,300\n2,12,2,400\n"


def refused(kind: type[GnnrecError] = DataError, *words: str):
    """The next block raises this error, its four parts are filled, and they hold the words."""

    class Check:
        def __enter__(self):
            self.context = pytest.raises(kind)
            self.info = self.context.__enter__()

        def __exit__(self, *args):
            result = self.context.__exit__(*args)
            error = self.info.value
            assert all(error.parts.values()), error.parts
            for word in words:
                assert word in str(error), f"{word!r} not in: {error}"
            return result

    return Check()
