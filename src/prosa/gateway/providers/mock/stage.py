"""Plays the mock: a request in, a scene out; the same for the transport in this process and for the server."""

from collections import OrderedDict
from collections.abc import Mapping

import msgspec

from prosa.gateway.providers.mock import completion, embeddings, faults, scenes
from prosa.gateway.providers.mock.answers import compose
from prosa.gateway.providers.mock.directive import take
from prosa.gateway.providers.mock.errors import envelope, refused
from prosa.gateway.providers.mock.models import Figures, Scene
from prosa.gateway.providers.mock.personas import MODELS, words_of
from prosa.gateway.providers.mock.requests import ChatRequest, EmbeddingsRequest, digest, read
from prosa.gateway.providers.mock.script import Script
from prosa.gateway.providers.mock.vocabulary import Directions, check, without_faults
from prosa.kit.clock import Clock, SystemClock
from prosa.kit.errors import BadRequest

_MOST_KEYS = 4096  # of `fail_first` that are remembered
_MOST_NAMES = 256  # of models that figures count one by one
_CREATED = 1_735_689_600
_NO_SCRIPT = Script({}, {}, ())


class Stage:
    """Holds the script and what must be remembered between calls: which rules were met and which keys have failed how often."""

    def __init__(self, script: Script | None = None, clock: Clock | None = None) -> None:
        self.script = script or _NO_SCRIPT
        self.figures = Figures()
        self._clock = clock or SystemClock()
        self._met = [0] * len(self.script.rules)
        self._failed: OrderedDict[str, int] = OrderedDict()

    def models(self) -> dict[str, str]:
        """The names that are listed, each with its description."""
        return MODELS | self.script.models

    def perform(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Scene:
        """The scene for one request; a request that can't be read gives a scene of status 400. `headers` in lower case."""
        self.figures.calls += 1
        where = path.partition("?")[0].rstrip("/")
        identity = digest(where.encode("utf-8", "replace"), body)
        try:
            scene = self._scene(method, where, headers, body, identity)
        except BadRequest as error:
            scene = scenes.json_scene(400, refused(error))
        scene.headers.setdefault("x-request-id", "req_mock" + identity[:24])
        return scene

    def _scene(self, method: str, where: str, headers: Mapping[str, str], body: bytes, identity: str) -> Scene:
        if method == "GET":
            return self._listing(where)
        if method != "POST":
            return scenes.json_scene(405, msgspec.json.encode(envelope(405, "The mock answers GET and POST.")))
        if where.endswith("/chat/completions"):
            return self._chat(headers, body, identity)
        if where.endswith("/embeddings"):
            return self._embeddings(headers, body, identity)
        return scenes.nothing_here()

    def _listing(self, where: str) -> Scene:
        if where.endswith("/models"):
            data = [_model(name, description) for name, description in self.models().items()]
            return scenes.json_scene(200, msgspec.json.encode({"object": "list", "data": data}))
        _, found, name = where.rpartition("/models/")
        if found and name in self.models():
            return scenes.json_scene(200, msgspec.json.encode(_model(name, self.models()[name])))
        return scenes.nothing_here()

    def _chat(self, headers: Mapping[str, str], body: bytes, identity: str) -> Scene:
        request = read(body, ChatRequest)
        asked = request.last_user()
        prompt, said = take(asked.text() if asked else "")
        ruled = self._ruled(request.model, prompt, "chat", bool(request.stream))
        directions = self._directions(request.model, ruled, request.mock, said, identity)
        if scene := scenes.fault(directions, headers, self._clock.now()):
            return scene
        answer = compose(request, directions, prompt, identity, self._clock.now())
        if request.stream and directions.instead is None and directions.body is None:
            told = bool(request.stream_options and request.stream_options.include_usage)
            beats = faults.streamed(completion.payloads(answer, directions, include_usage=told), directions)
            return scenes.dressed(
                Scene(directions.status or 200, {"content-type": "text/event-stream; charset=utf-8"}, beats), directions
            )
        scene = scenes.plain(completion.whole(answer, directions), directions)
        scene.wait += completion.seconds(answer, directions)
        return scene

    def _embeddings(self, headers: Mapping[str, str], body: bytes, identity: str) -> Scene:
        request = read(body, EmbeddingsRequest)
        texts = embeddings.inputs(request)
        said: dict[str, object] = {}
        for place, text in enumerate(texts):
            if isinstance(text, str):
                texts[place], words = take(text)
                said |= words
        ruled = self._ruled(request.model, str(texts[0]), "embeddings", False)
        directions = self._directions(request.model, ruled, request.mock, said, identity)
        return scenes.fault(directions, headers, self._clock.now()) or scenes.plain(
            embeddings.whole(request, texts, directions), directions
        )

    def _ruled(self, model: str, prompt: str, endpoint: str, stream: bool) -> dict[str, object]:
        """The words of the first rule that fits. Rules before it that wait for another call count this one too."""
        for place, rule in enumerate(self.script.rules):
            if rule.match.fits(model, prompt, endpoint, stream):
                self._met[place] += 1
                if rule.match.counts(self._met[place]):
                    return self.script.defaults | rule.answer
        return self.script.defaults

    def _directions(
        self, model: str, ruled: dict[str, object], field: dict[str, object] | None, said: dict[str, object], identity: str
    ) -> Directions:
        """Lay the sources over each other: the model's own words, the script's, the body's field, the message's directive."""
        self._count(model)
        if field:
            check(field, "The body's mock field")
        if said:
            check(said, "The mock directive")
        words = words_of(model) | ruled | (field or {}) | said
        directions = check(words, "The mock's words together")
        if directions.fail_first is None:
            return directions
        if self._fails(directions.key or identity, directions.fail_first):
            return directions if without_faults(words) != words else check(words | {"status": 503}, "fail_first")
        return check(without_faults(words), "fail_first")

    def _count(self, model: str) -> None:
        by_model = self.figures.by_model
        if model in by_model or len(by_model) < _MOST_NAMES:
            by_model[model] = by_model.get(model, 0) + 1

    def _fails(self, key: str, most: int) -> bool:
        failed = self._failed.pop(key, 0)
        self._failed[key] = min(failed + 1, most)
        if len(self._failed) > _MOST_KEYS:
            self._failed.popitem(last=False)
        return failed < most


def _model(name: str, description: str) -> dict[str, object]:
    return {"id": name, "object": "model", "created": _CREATED, "owned_by": "prosa-mock", "description": description}
