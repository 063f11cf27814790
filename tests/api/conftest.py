"""The running server of the acceptance stories, for tests of what the way in itself answers for."""

from tests.acceptance.conftest import serving_town, town

__all__ = ["serving_town", "town"]
