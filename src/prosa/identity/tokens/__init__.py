"""Signed tokens for the programs of C and M."""

from prosa.identity.tokens.errors import TokenExpired, TokenInvalid
from prosa.identity.tokens.models import Claims, Dialect, TokenPair, TokenType
from prosa.identity.tokens.service import TokenService

__all__ = ["Claims", "Dialect", "TokenExpired", "TokenInvalid", "TokenPair", "TokenService", "TokenType"]
