"""The cases about people and what they call with. Only the prosa of this tree can be asked: its database is filled beforehand."""

from bench.cases import Case
from bench.credentials import checks, keys
from bench.crowding import crowd
from bench.journaling import journal
from bench.signing_in import sign_ins

GROUP = "people"  # all of them by one word
PEOPLE: dict[str, Case] = {"keys": keys, "checks": checks, "crowd": crowd, "sign-ins": sign_ins, "journal": journal}
