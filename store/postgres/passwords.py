"""The two roles, the database, and the passwords by which they are reached."""

import json
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path

from store.postgres import private_files

ADMIN = "jaminan_admin"  # owns the server and the database
APP = "jaminan_app"  # what the application works as
DATABASE = "jaminan"


@dataclass(frozen=True, slots=True)
class Passwords:
    """One for each role, of characters that need no quoting in SQL nor in a URL."""

    admin: str = field(repr=False)
    app: str = field(repr=False)

    @classmethod
    def new(cls) -> "Passwords":
        return cls(secrets.token_urlsafe(24), secrets.token_urlsafe(24))

    @classmethod
    def kept_in(cls, path: Path) -> "Passwords | None":
        return cls(**json.loads(path.read_text())) if path.exists() else None

    def keep_in(self, path: Path) -> None:
        private_files.write(path, json.dumps(asdict(self)))

    def statements(self) -> list[str]:
        """Return the SQL that gives them to the roles."""
        return [f"ALTER ROLE {ADMIN} PASSWORD '{self.admin}'", f"ALTER ROLE {APP} PASSWORD '{self.app}'"]

    def admin_url(self, port: int) -> str:
        return f"postgresql://{ADMIN}:{self.admin}@127.0.0.1:{port}/{DATABASE}"

    def app_url(self, port: int) -> str:
        return f"postgresql://{APP}:{self.app}@127.0.0.1:{port}/{DATABASE}"
