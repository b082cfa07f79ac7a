"""How the app's API shows people and takes changes of them."""

from typing import Annotated, Literal

from msgspec import UNSET
from pydantic import BaseModel, Field

from prosa.api.app.shapes import EXAMPLE_ID, EXAMPLE_PASSWORD, Body, CurrentPassword, Moment, Password, example
from prosa.identity import Account, AccountChanges, AccountStatus, Profile, ProfileChanges, Role

USER: str = "user_"
EXAMPLE_USER: str = USER + EXAMPLE_ID

Email = Annotated[str, Field(max_length=1000, examples=["ana@example.com"])]
Name = Annotated[str, Field(max_length=400, examples=["Ana Lima"])]
Username = Annotated[str, Field(max_length=256, examples=["ana"])]
Language = Annotated[Literal["en", "pt-BR"], Field(examples=["pt-BR"])]
TimeZone = Annotated[str, Field(max_length=64, examples=["America/Fortaleza"])]
Age = Annotated[int, Field(strict=True, ge=0, le=150, examples=[34])]
Line = Annotated[str, Field(max_length=400)]


class ProfileBody(Body):
    """What an organisation keeps of a person. null empties a field; what is left out stays."""

    age: Age | None = None
    sector: Annotated[Line, Field(examples=["Economia"])] | None = None
    position: Annotated[Line, Field(examples=["Analista"])] | None = None
    cpf: Annotated[str, Field(max_length=40, description="Eleven digits.", examples=["529.982.247-25"])] | None = None


class ProfileShown(BaseModel):
    """What an organisation keeps of a person, without the CPF."""

    age: int | None = Field(examples=[34])
    sector: str | None = Field(examples=["Economia"])
    position: str | None = Field(examples=["Analista"])


class WholeProfile(ProfileShown):
    """The same with the CPF, which is sealed where it is stored and shown for one person at a time."""

    cpf: str | None = Field(examples=["52998224725"])


class User(BaseModel):
    """A person."""

    id: str = Field(examples=[EXAMPLE_USER])
    email: str = Field(examples=["ana@example.com"])
    username: str | None = Field(description="A name for signing in, beside the e-mail address.", examples=["ana"])
    name: str = Field(examples=["Ana Lima"])
    role: Role
    status: AccountStatus
    language: str | None = Field(examples=["pt-BR"])
    time_zone: str | None = Field(examples=["America/Fortaleza"])
    profile: ProfileShown
    has_password: bool = Field(description="False until a first one is set by a reset link.")
    created_at: Moment
    updated_at: Moment


class WholeUser(User):
    """A person with their whole profile."""

    profile: WholeProfile


class MyChanges(Body):
    """What a person may change of themselves. What is left out stays; null empties what can be empty."""

    model_config = example(name="Ana Lima", language="pt-BR", profile={"sector": "Economia"})

    name: Name = ""
    username: Username | None = None
    language: Language | None = None
    time_zone: TimeZone | None = None
    profile: ProfileBody = ProfileBody()


class UserChanges(MyChanges):
    """What an admin may change of a person."""

    model_config = example(name="Ana Lima", role="analyst")

    role: Role = Role.USER


class NewUser(Body):
    """A person whom an admin adds. Without a password the account is entered by a reset link first."""

    model_config = example(email="bia@example.com", name="Bia Reis", role="user")

    email: Email
    name: Name = ""
    username: Username | None = None
    password: Password | None = None
    role: Role = Role.USER
    language: Language | None = None
    time_zone: TimeZone | None = None
    profile: ProfileBody = ProfileBody()


class PasswordChange(Body):
    """A new password instead of the current one."""

    model_config = example(current_password=EXAMPLE_PASSWORD, new_password="a quiet river at noon")  # noqa: S106  # an example

    current_password: CurrentPassword
    new_password: Password


class EmailWish(Body):
    """Another address to sign in with."""

    model_config = example(email="ana.lima@example.com", current_password=EXAMPLE_PASSWORD)

    email: Email
    current_password: CurrentPassword


def user_shown(account: Account) -> User:
    """An account as the API shows it."""
    return User(
        id=USER + account.id,
        email=account.email,
        username=account.username,
        name=account.name,
        role=account.role,
        status=account.status,
        language=account.language,
        time_zone=account.time_zone,
        profile=ProfileShown(age=account.profile.age, sector=account.profile.sector, position=account.profile.position),
        has_password=account.has_password,
        created_at=account.created_at,
        updated_at=account.updated_at,
    )


def whole_user_shown(account: Account) -> WholeUser:
    """An account that was read by itself, as the API shows it."""
    user = user_shown(account)
    profile = WholeProfile(**user.profile.model_dump(), cpf=account.profile.cpf)
    return WholeUser(**user.model_dump(exclude={"profile"}), profile=profile)


def changes_of(body: MyChanges) -> AccountChanges:
    """What the body asks to change: only fields that it names."""
    named = body.model_fields_set
    role = body.role if isinstance(body, UserChanges) and "role" in named else UNSET
    return AccountChanges(
        name=body.name if "name" in named else UNSET,
        username=body.username if "username" in named else UNSET,
        language=body.language if "language" in named else UNSET,
        time_zone=body.time_zone if "time_zone" in named else UNSET,
        profile=ProfileChanges(**body.profile.model_dump(exclude_unset=True)),
        role=role,
    )


def profile_of(body: ProfileBody) -> Profile:
    """The profile of somebody new."""
    return Profile(age=body.age, sector=body.sector, position=body.position, cpf=body.cpf)
