"""Mail, by the operator's own server."""

from prosa.drivers.mail.errors import MailFailed
from prosa.drivers.mail.mailer import Mailer
from prosa.drivers.mail.models import Mail, MailSettings

__all__ = ["Mail", "MailFailed", "MailSettings", "Mailer"]
