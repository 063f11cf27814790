"""The running server of the acceptance stories, for tests of what the way in itself answers for."""

from tests.acceptance.conftest import new_home, serving_town, token, town

__all__ = ["new_home", "serving_town", "token", "town"]
