"""Lifecycle definitions as published: cases pin name, version and digest, never a file."""

from domain.fact import FirstFact
from domain.stored_as import stored_as


@stored_as("definition.published")
class DefinitionPublished(FirstFact):
    name: str
    version: int
    digest: str  # SHA-256 of `canonical`, hexadecimal
    canonical: str  # JSON with sorted keys
