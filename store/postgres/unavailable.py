"""Why there is no database: what is wrong, and the remedy. Never a password, never a personal value."""


class DatabaseUnavailable(Exception):
    """The database that comes with the package cannot be had here and now."""


class NoPostgres(DatabaseUnavailable):
    """This platform has no PostgreSQL that could be run."""


class NoAccount(DatabaseUnavailable):
    """PostgreSQL refuses to run as root, and no other account can run it."""


class OtherMajorVersion(DatabaseUnavailable):
    """The data were written by another major version of PostgreSQL."""


class DataAreGone(DatabaseUnavailable):
    """The data of this home are not where they were, or out of reach. Nothing new is made in their place."""


class DidNotStart(DatabaseUnavailable):
    """PostgreSQL was run and gave up, or another server holds the data."""


class HomeIsBusy(DatabaseUnavailable):
    """Another process owns this home and has no running server to share."""
