"""The features of one process, put together: what the dialects translate to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from prosa.answers import RunParts, Talking, ThreadRuns, ThreadService, Upkeep
from prosa.api.parts import Features as ApiFeatures
from prosa.assistants import AssistantService
from prosa.boot.answering import Ground, make_answers, make_chats, make_servers
from prosa.boot.assisting import make_assistants, make_threads
from prosa.boot.kernels import KernelEnds
from prosa.boot.knowing import StoresOfAssistants, make_stores
from prosa.boot.people import People
from prosa.boot.privacy import make_privacy
from prosa.boot.settings import Settings
from prosa.conversations import (
    ConversationService,
    ExportService,
    ImportParts,
    ImportService,
    MemoryService,
    Nodes,
    Opinions,
    Roll,
    SearchService,
    Sharing,
    SharingParts,
    Shelf,
    Talks,
)
from prosa.drivers.blobs import blobs_of
from prosa.drivers.outbound import Transport
from prosa.drivers.telemetry import Metrics
from prosa.events import Feed, Presence
from prosa.files import FileService
from prosa.gateway import Gateway
from prosa.identity import RepeatService
from prosa.interactions import InteractionService
from prosa.interpreter import Interpreter
from prosa.kit.clock import Clock
from prosa.knowledge import VectorStores
from prosa.prompts import PromptService
from prosa.runs import Engine, EngineParts, Run, RunState
from prosa.usage import UsageService

KERNELS = "kernels"  # where workers find each other's, in the run folder


@dataclass(frozen=True, slots=True)
class Features(ApiFeatures):
    """All of them: those that the dialects translate to, and what goes on beside."""

    upkeep: Upkeep
    repeats: RepeatService


@dataclass(frozen=True, slots=True)
class _Base:
    """What most of them stand on; `after` hears of runs that ended."""

    feed: Feed
    conversations: ConversationService
    runs: Engine
    files: FileService
    stores: VectorStores
    assistants: AssistantService
    interpreter: Interpreter
    shelf: Shelf
    memory: MemoryService
    threads: ThreadService
    after: "list[Ended]"


def make_features(settings: Settings, gateway: Gateway, people: People, metrics: Metrics, network: Transport) -> Features:
    """Over people's database, journal and signals; tool servers are asked over the `network`."""
    database, clock = people.database, people.clock
    base = _base(settings, gateway, people, metrics, clock)
    feed, conversations, runs, files, stores = base.feed, base.conversations, base.runs, base.files, base.stores
    answers, upkeep = make_answers(runs, _ground(settings, gateway, base, people, network), people, clock)
    base.after.extend((upkeep.ended, stores.ended))
    return Features(
        gateway=gateway,
        interactions=InteractionService(database, gateway, settings.interactions, clock),
        runs=runs,
        conversations=conversations,
        files=files,
        stores=stores,
        assistants=base.assistants,
        answers=answers,
        threads=base.threads,
        thread_runs=ThreadRuns(RunParts(runs, answers, base.assistants, base.threads, conversations)),
        memory=base.memory,
        upkeep=upkeep,
        interpreter=base.interpreter,
        chats=make_chats(runs, gateway, files, people),
        repeats=RepeatService(database, people.journal, people.identity.keyring, runs, clock),
        feed=feed,
        presence=Presence(people.signals),
        shelf=base.shelf,
        nodes=Nodes(database, conversations),
        talks=Talks(database, conversations, base.shelf),
        talking=Talking(answers, runs, conversations, base.shelf, people.identity.keyring),
        roll=Roll(database, conversations.paths),
        sharing=Sharing(SharingParts(conversations, files, database, people.journal, clock, feed, settings.sharing)),
        opinions=Opinions(conversations, database, people.journal, clock),
        usage=UsageService(database, clock, settings.usage.days),
        search=SearchService(database),
        privacy=make_privacy(people, files, settings.server.data_dir),
        prompts=PromptService(database, people.journal, clock),
        exports=ExportService(runs, database, files, clock),
        imports=ImportService(ImportParts(runs, database, people.journal, files, conversations.news, clock)),
    )


def _base(settings: Settings, gateway: Gateway, people: People, metrics: Metrics, clock: Clock) -> _Base:
    feed, after = Feed(people.database, people.signals), list[Ended]()
    conversations = ConversationService(people.database, people.journal, clock, feed)
    runs = Engine(_engine_parts(people, conversations, metrics, after, clock), settings.runs)
    files = FileService(people.database, blobs_of(people.database, settings.server.data_dir, clock), settings.files, clock)
    stores = make_stores(runs, people, gateway, files, feed, settings.stores)
    assistants = make_assistants(people, gateway, files, feed, StoresOfAssistants(stores), frozenset(settings.tools.named))
    base = _Base(
        *(feed, conversations, runs, files, stores, assistants),
        interpreter=make_interpreter(settings, clock),
        shelf=Shelf(people.database, people.journal, clock, feed),
        memory=MemoryService(people.database, people.journal, conversations, clock),
        threads=make_threads(runs, people, conversations, files, stores),
        after=after,
    )
    KernelEnds(base.interpreter, people).follow(conversations, base.shelf)
    return base


def _ground(settings: Settings, gateway: Gateway, base: _Base, people: People, network: Transport) -> Ground:
    """What answers stand on."""
    known = (base.conversations, base.files, base.memory, base.stores, base.interpreter, base.assistants)
    return Ground(settings.answers, gateway, *known, servers=make_servers(settings.tools, people, network, people.clock))


def make_interpreter(settings: Settings, clock: Clock) -> Interpreter:
    """What runs code; several workers know each other's kernels."""
    several = settings.server.workers > 1
    return Interpreter(settings.interpreter, clock, settings.server.run_dir / KERNELS if several else None)


Ended = Callable[[Run, RunState], None]


def _engine_parts(
    people: People, conversations: ConversationService, metrics: Metrics, after: Sequence[Ended], clock: Clock
) -> EngineParts:
    def ended(run: Run, state: RunState) -> None:
        if run.conversation_id is not None:
            conversations.news.told(run.space)
        if state is RunState.WAITING:
            return
        metrics.runs_ended.add((run.kind, state))
        for hear in after:
            hear(run, state)

    return EngineParts(
        people.database,
        people.journal,
        people.signals,
        clock,
        ended=ended,
        taken_over=lambda kind: metrics.runs_taken_over.add((kind,)),
    )
