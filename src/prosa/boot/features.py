"""The features of one process, put together: what the dialects translate to."""

from dataclasses import dataclass

from prosa.answers import AnswerService, ChatService
from prosa.boot.answering import make_answers, make_chats
from prosa.boot.people import People
from prosa.boot.settings import Settings
from prosa.conversations import ConversationService
from prosa.drivers.blobs import blobs_of
from prosa.drivers.telemetry import Metrics
from prosa.files import FileService
from prosa.gateway import Gateway
from prosa.identity import RepeatService
from prosa.interactions import InteractionService
from prosa.kit.clock import Clock
from prosa.runs import Engine, EngineParts


@dataclass(frozen=True, slots=True)
class Features:
    """All of them."""

    gateway: Gateway
    interactions: InteractionService
    runs: Engine
    conversations: ConversationService
    files: FileService
    answers: AnswerService
    chats: ChatService
    repeats: RepeatService


def make_features(settings: Settings, gateway: Gateway, people: People, metrics: Metrics, clock: Clock) -> Features:
    """Over people's database, journal and signals."""
    database = people.database
    runs = Engine(_engine_parts(people, metrics, clock), settings.runs)
    conversations = ConversationService(database, people.journal, clock)
    files = FileService(database, blobs_of(database, settings.server.data_dir, clock), settings.files, clock)
    return Features(
        gateway=gateway,
        interactions=InteractionService(database, gateway, settings.interactions, clock),
        runs=runs,
        conversations=conversations,
        files=files,
        answers=make_answers(runs, gateway, conversations, files, people, clock),
        chats=make_chats(runs, gateway, files, people),
        repeats=RepeatService(database, people.journal, people.identity.keyring, runs, clock),
    )


def _engine_parts(people: People, metrics: Metrics, clock: Clock) -> EngineParts:
    return EngineParts(
        people.database,
        people.journal,
        people.signals,
        clock,
        ended=lambda kind, state: metrics.runs_ended.add((kind, state)),
        taken_over=lambda kind: metrics.runs_taken_over.add((kind,)),
    )
