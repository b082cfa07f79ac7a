"""Tokens that work once: reset links, proofs of an e-mail address, tickets for sockets and downloads."""

from prosa.identity.one_time.errors import OneTimeRefused, TicketNotGiven
from prosa.identity.one_time.models import Purpose, Redeemed, Ticket
from prosa.identity.one_time.service import OneTime
from prosa.identity.one_time.tickets import TicketService

__all__ = ["OneTime", "OneTimeRefused", "Purpose", "Redeemed", "Ticket", "TicketNotGiven", "TicketService"]
