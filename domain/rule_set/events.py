"""The rules of the law as published: what a decision used can be read in the log, whatever the files say later."""

from domain.fact import FirstFact
from domain.stored_as import stored_as


@stored_as("rules.published")
class RulesPublished(FirstFact):
    """A set of rules came into use. Determinations name its version."""

    version: str  # digest of what the rules say
    statements: str  # JSON with sorted keys: what each rule and each row of a table says, by id
