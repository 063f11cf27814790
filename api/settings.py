"""What the environment says; every setting has a name that begins with JAMINAN_."""

import os
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from store.embedded import home_folder


class Settings(BaseSettings):
    """Settings of one installation. An empty environment gives a working one on this machine."""

    model_config = SettingsConfigDict(env_prefix="JAMINAN_", extra="ignore")

    home: Path = Field(default_factory=lambda: home_folder(os.environ), description="Folder of data and keys")
    database_url: SecretStr | None = Field(
        default=None, description="Session of the application role; without it our own PostgreSQL is started"
    )
    database_admin_url: SecretStr | None = Field(
        default=None, description="Session of the owner of the database, for migrations"
    )
    definitions: Path | None = Field(default=None, description="Folder of definitions that add to ours")
    demo: bool = Field(
        default=False, description="Accept and print tokens of the built-in demonstration issuer"
    )
    issuer: str | None = Field(default=None, description="Issuer (`iss`) of bearer tokens")
    audience: str = Field(default="jaminan", description="Audience (`aud`) that bearer tokens must name")
    jwks_file: Path | None = Field(default=None, description="File with the issuer's public keys (JWKS)")
    jwks_url: str | None = Field(default=None, description="Address of the issuer's public keys (JWKS)")
    roles_claim: str = Field(default="roles", description="Claim of the token that lists the roles")
    office_name: str = Field(
        default="Kantor Layanan Jaminan", description="Name of the office, on its letters"
    )
    office_address: str = Field(default="", description="Address of the office, on its letters, in one line")
    office_phone: str = Field(default="", description="Telephone of the office and its hours, on its letters")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="DEBUG, INFO, WARNING or ERROR"
    )
