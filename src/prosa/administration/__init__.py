"""What is administered while the server runs: providers, models, limits, settings, and who changed them."""

from prosa.administration.adjustable import BY_KEY, TABLE, Adjustable, Area
from prosa.administration.effective import Effective
from prosa.administration.errors import (
    AddressNotAllowed,
    FixedBySetting,
    InUse,
    KeyGoesElsewhere,
    ModelNameNotFound,
    NameTaken,
    ProviderNotFound,
    TooMany,
    TooManyTrials,
    Unfit,
    UnknownModel,
)
from prosa.administration.following import TOPIC, Apply, Follower
from prosa.administration.hosts import Hosts
from prosa.administration.model_views import chosen_prices
from prosa.administration.models import (
    Actor,
    Change,
    Fixed,
    ModelKind,
    ModelPrice,
    ModelView,
    NameChanges,
    Origin,
    ProviderChanges,
    ProviderDraft,
    ProviderState,
    ProviderView,
    SettingView,
    Stored,
    StoredName,
    StoredProvider,
    Trial,
    Value,
)
from prosa.administration.ownership import erase_actor, sealed_columns
from prosa.administration.service import Administration, AdministrationParts, make_administration
from prosa.administration.settings import AdministrationSettings
from prosa.administration.store import database_figures
from prosa.administration.values import in_force, stored_now, stored_values

__all__ = [
    "BY_KEY",
    "TABLE",
    "TOPIC",
    "Actor",
    "AddressNotAllowed",
    "Adjustable",
    "Administration",
    "AdministrationParts",
    "AdministrationSettings",
    "Apply",
    "Area",
    "Change",
    "Effective",
    "Fixed",
    "FixedBySetting",
    "Follower",
    "Hosts",
    "InUse",
    "KeyGoesElsewhere",
    "ModelKind",
    "ModelNameNotFound",
    "ModelPrice",
    "ModelView",
    "NameChanges",
    "NameTaken",
    "Origin",
    "ProviderChanges",
    "ProviderDraft",
    "ProviderNotFound",
    "ProviderState",
    "ProviderView",
    "SettingView",
    "Stored",
    "StoredName",
    "StoredProvider",
    "TooMany",
    "TooManyTrials",
    "Trial",
    "Unfit",
    "UnknownModel",
    "Value",
    "chosen_prices",
    "database_figures",
    "erase_actor",
    "in_force",
    "make_administration",
    "sealed_columns",
    "stored_now",
    "stored_values",
]
