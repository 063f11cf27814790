"""Legal days, for the rooms outside the domain."""

from domain.legal_day import WIB, legal_day

__all__ = ["WIB", "legal_day"]
