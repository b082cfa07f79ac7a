"""The cases about people fill their rows and nothing goes wrong meanwhile; in tiny sizes, so that the figures mean nothing."""

from collections.abc import Callable, Iterator

import pytest

from bench.databases import here, place
from bench.inside import inside
from bench.measures import MEASURES, Sizes
from bench.people import PEOPLE
from bench.processes import UNPINNED
from bench.seeding import CHEAP, Crowd, seeded
from bench.stage import Stage
from bench.subjects import direct, prosa
from bench.upstream import Upstream
from prosa.identity import OPERATOR, AccountQuery, CallerKind, Door, KeyQuery, OriginKind, Role, Signs

TINY = Sizes(seconds=0.4, rounds=1, people=120, deeds=2, checks=20, sign_ins=3, appends=256)
ROWS = {measure.id: measure for measure in MEASURES}


@pytest.fixture
def upstream(need: Callable[[str], str]) -> Iterator[Upstream]:
    """The fake provider, running."""
    need("gcc")
    with Upstream() as running:
        yield running


@pytest.fixture(params=[pytest.param(kind, marks=[pytest.mark.slow] if kind == "postgresql" else []) for kind in here()])
def crowd(request: pytest.FixtureRequest) -> Iterator[Crowd]:
    """Three people with two keys each."""
    with place(request.param) as made:
        yield seeded(made.fresh(), 3, 6, CHEAP)


async def test_everybody_who_was_put_in_can_sign_in_and_call(crowd: Crowd) -> None:
    async with inside(crowd) as parts:
        identity = parts.people.identity
        for person in crowd.people:
            await parts.sign_in(person)
            for text in person.keys:
                standing = await identity.stored.bearer(text, Signs((), "127.0.0.1", True, OriginKind.NONE), Door.OPENAI)
                assert standing is not None
                assert (standing.caller.kind, standing.caller.account_id) == (CallerKind.KEY, person.account_id)
            session = await identity.stored.session(person.session, "127.0.0.1")
            assert session is not None and session.caller.account_id == person.account_id


async def test_what_was_put_in_is_listed_and_one_of_them_is_an_admin(crowd: Crowd) -> None:
    async with inside(crowd) as parts:
        accounts = await parts.people.identity.accounts.list(OPERATOR, AccountQuery())
        keys = await parts.people.identity.keys.list(OPERATOR, KeyQuery())
        assert [account.role for account in accounts.items] == [Role.ADMIN, Role.USER, Role.USER]
        assert len(keys.items) == 6
        assert not await parts.people.identity.accounts.setup_needed()


@pytest.mark.slow
@pytest.mark.parametrize("case", PEOPLE)
def test_a_case_fills_its_rows_and_nothing_fails(case: str, upstream: Upstream) -> None:
    stage = Stage(prosa(), TINY, UNPINNED, upstream)
    figures = PEOPLE[case](stage)
    assert figures.keys() <= ROWS.keys()
    assert figures
    assert not stage.outcome.figures.get("failures")
    assert not stage.outcome.problems
    assert not figures.get("sign_in_lost")


def test_every_row_about_people_is_measured_for_this_trees_prosa_alone() -> None:
    assert prosa().people
    assert not direct().people
