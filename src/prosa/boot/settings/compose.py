"""From the table's values to the settings of each part."""

import hashlib
import socket
from collections.abc import Mapping
from urllib.parse import urlsplit

from prosa.administration import AdministrationSettings
from prosa.answers import AnswerSettings
from prosa.api.edge import EdgeSettings
from prosa.api.legacy.bitaca import BitacaSettings
from prosa.api.legacy.chatai import ChataiSettings
from prosa.api.legacy.multiuser import MultiuserSettings
from prosa.boot.settings.catalogue import models
from prosa.boot.settings.errors import SettingRefused
from prosa.boot.settings.keeping import retention
from prosa.boot.settings.models import (
    BackupSettings,
    InstallationSettings,
    LogSettings,
    ServerSettings,
    Settings,
    SiteSettings,
)
from prosa.boot.settings.pricing import prices
from prosa.boot.settings.providers import OFFLINE, Own, is_loopback, providers
from prosa.boot.settings.serving import tool_servers
from prosa.boot.settings.table import (
    access,
    answers,
    dialects,
    gateway,
    installation,
    interpreter,
    limits,
    mail,
    people,
    runs,
    server,
    storage,
    upkeep,
    usage,
)
from prosa.boot.settings.values import Values
from prosa.conversations import SharingSettings
from prosa.drivers.mail import MailSettings
from prosa.drivers.outbound import Timeouts
from prosa.drivers.sql import DatabaseAddress, parse_database
from prosa.files import FileSettings
from prosa.gateway import REGISTRY, GatewaySettings, ProviderSettings
from prosa.identity import ConfiguredKey, IdentitySettings, PeopleSettings, RegistrationMode
from prosa.interactions import InteractionSettings
from prosa.interpreter import InterpreterSettings
from prosa.knowledge import StoreSettings
from prosa.privacy import PrivacySettings
from prosa.runs import RunSettings
from prosa.usage import UsageSettings


def compose(values: Values) -> Settings:
    """Every part's settings. Raises SettingRefused for the first value that can't be."""
    place = _server(values)
    chosen = _gateway(values, place)
    return Settings(
        server=place,
        database=_database(values, place),
        secrets=values.take(storage.SECRETS_ROW),
        backups=_backups(values, place),
        privacy=PrivacySettings(copy=values.take(storage.ERASURE_COPY)),
        mail=_mail(values),
        logs=LogSettings(values.take(server.LOG_LEVEL), values.take(server.LOG_FORMAT)),
        edge=_edge(values),
        identity=_identity(values, place),
        usage=_usage(values),
        gateway=chosen,
        interactions=_interactions(values, chosen.providers),
        files=_files(values),
        stores=StoreSettings(
            values.take(limits.STORES), values.take(limits.STORES_TOTAL), pgvector=values.take(storage.PGVECTOR) == "auto"
        ),
        runs=_runs(values),
        answers=AnswerSettings(
            memory_tokens=values.take(answers.MEMORY_TOKENS),
            titles=values.take(answers.TITLES),
            small_model=values.take(answers.SMALL_MODEL),
        ),
        tools=tool_servers(values),
        bitaca=_bitaca(values, chosen.providers),
        chatai=_chatai(values, chosen.providers),
        multiuser=_multiuser(values, chosen.providers),
        site=_site(values, place),
        installation=_installation(values),
        administration=_administration(values, place),
        sharing=SharingSettings(values.take(access.SHARING), values.take(access.SHARING_DAYS)),
        interpreter=_interpreter(values, place),
        jobs=values.take(upkeep.JOBS),
        retention=retention(values),
        import_path=values.take(dialects.DATABASE_PATH),
    )


def _server(values: Values) -> ServerSettings:
    return ServerSettings(
        production=values.production,
        host=values.take(server.HOST_ROW),
        port=values.take(server.PORT),
        workers=values.take(server.WORKERS),
        reload=values.take(server.RELOAD),
        data_dir=values.take(server.DATA_DIR),
        public_url=values.take(server.PUBLIC_URL),
        drain_seconds=values.take(server.DRAIN),
        ollama_discovery=values.take(gateway.DISCOVERY),
        ui_dir=values.take(server.UI_DIR),
    )


def _database(values: Values, place: ServerSettings) -> DatabaseAddress:
    url, found = values.look(storage.DATABASE_URL)
    values.take(storage.DATABASE_URL)
    try:
        return parse_database(url, place.data_dir)
    except ValueError as error:
        where = f" ({found.source})" if found is not None else ""
        raise SettingRefused(f"PROSA_DATABASE_URL=(not shown){where}: {error}") from error


def _backups(values: Values, place: ServerSettings) -> BackupSettings:
    return BackupSettings(
        every_seconds=values.take(storage.BACKUP_EVERY),
        keep=values.take(storage.BACKUP_KEEP),
        folder=values.take(storage.BACKUP_DIR) or place.data_dir / "backups",
    )


def _mail(values: Values) -> MailSettings | None:
    host, tls = values.take(mail.SMTP_HOST), values.take(mail.SMTP_TLS)
    port = values.take(mail.SMTP_PORT, mail.PORTS[tls])
    user, password = values.take(mail.SMTP_USER), values.take(mail.SMTP_PASSWORD)
    sender = values.take(mail.SMTP_FROM, user if user and "@" in user else None)
    if host is None:
        return None
    if sender is None:
        raise SettingRefused("SMTP_FROM: expected the address that mails come from, such as no-reply@site.example")
    if tls == "none" and not is_loopback(host):
        values.warnings.append(f"SMTP_TLS=none: links to reset a password go to {host} where everybody on the way can read them")
    return MailSettings(host, port or mail.PORTS[tls], user, password, sender, tls)


def _edge(values: Values) -> EdgeSettings:
    return EdgeSettings(
        body_bytes=values.take(limits.BODY),
        sockets=values.take(limits.SOCKETS),
        header_seconds=values.take(limits.HEADER_SECONDS),
        body_seconds=values.take(limits.BODY_SECONDS),
        keep_alive_seconds=values.take(limits.KEEP_ALIVE),
        metrics=values.take(access.METRICS),
        metrics_token=values.take(access.METRICS_TOKEN),
        production=values.production,
    )


def _files(values: Values) -> FileSettings:
    return FileSettings(
        file_bytes=values.take(limits.FILE),
        space_files=values.take(limits.FILES),
        space_bytes=values.take(limits.FILES_TOTAL),
    )


def _interpreter(values: Values, place: ServerSettings) -> InterpreterSettings:
    return InterpreterSettings(
        folder=values.take(interpreter.DIR) or place.data_dir / "interpreter",
        enabled=values.take(interpreter.ENABLED),
        memory=values.take(interpreter.MEMORY),
        disk=values.take(interpreter.DISK),
        seconds=values.take(interpreter.SECONDS),
        idle_seconds=values.take(interpreter.IDLE),
        kernels=values.take(interpreter.KERNELS),
    )


def _runs(values: Values) -> RunSettings:
    return RunSettings(
        lease_seconds=values.take(runs.LEASE),
        log_seconds=values.take(runs.LOG_HOURS) * 3600,
        driving=values.take(limits.RUNS),
    )


def _identity(values: Values, place: ServerSettings) -> IdentitySettings:
    secrets = dict.fromkeys((*values.take(access.API_KEY), *values.take(access.API_KEYS)))
    return IdentitySettings(
        keys=tuple(ConfiguredKey(_principal(secret), secret) for secret in secrets),
        anonymous=values.take(access.ANONYMOUS),
        serverless_requires_key=values.take(access.REQUIRE_API_KEY),
        origins=_origins(values),
        public_url=place.public_url,
        trusted_proxies=values.take(access.TRUSTED_PROXIES),
        people=_people(values),
    )


def _people(values: Values) -> PeopleSettings:
    mode, domains = values.take(people.REGISTRATION, ("invite" if values.production else "open", frozenset())) or (
        "",
        frozenset(),
    )
    hours, access_seconds = values.take(people.ACCESS_HOURS), values.take(people.ACCESS)
    if hours is not None and values.look(people.ACCESS)[1] is None:
        access_seconds = round(hours * 3600)
    minutes = values.take(people.MULTIUSER)
    insecure = values.take(people.INSECURE_COOKIES)
    if insecure:
        values.warnings.append(
            "PROSA_INSECURE_COOKIES=true: over plain HTTP everybody between a browser and this server can take over its sign-in"
        )
    signing = dict.fromkeys(secret for row in people.SIGNING if (secret := values.take(row)) is not None)
    return PeopleSettings(
        registration=RegistrationMode(mode),
        domains=domains,
        setup_code=values.take(people.SETUP_CODE),
        sign_in_per_minute=values.take(people.SIGN_INS),
        access_seconds=access_seconds,
        refresh_seconds=values.take(people.REFRESH),
        multiuser_seconds=access_seconds if minutes is None else minutes * 60,
        session_seconds=values.take(people.SESSION) * 86_400,
        insecure_cookies=insecure,
        signing_secrets=tuple(signing),
        production=values.production,
    )


def _principal(secret: str) -> str:
    """The name under which a key owns things: it depends on the key alone, so that reordering keys moves nobody's things."""
    return "settings-" + hashlib.blake2b(secret.encode(), digest_size=6, person=b"prosa-principal").hexdigest()


def _origins(values: Values) -> frozenset[str]:
    named = (*values.take(access.ALLOWED_ORIGINS), *values.take(access.CORS_ORIGINS))
    if "*" in named:
        if values.production:
            raise SettingRefused("ALLOWED_ORIGINS=*: expected the origins of your pages by name, such as https://site.example")
        values.warnings.append("ALLOWED_ORIGINS=* is not followed: name the origins of your pages")
    if not named and not values.production:
        return frozenset(access.DEVELOPMENT_ORIGINS)
    return frozenset(named) - {"*"}


def _usage(values: Values) -> UsageSettings:
    legacy = values.take(limits.RATE_LIMIT)
    return UsageSettings(
        bitaca_per_minute=legacy,
        serverless_per_minute=legacy,
        serverless_key_per_minute=values.take(limits.SERVERLESS_KEY_LIMIT),
        key_per_minute=values.take(limits.KEY_LIMIT),
        anonymous_per_minute=values.take(limits.ANONYMOUS_LIMIT),
        failed_per_minute=values.take(limits.FAILED_LIMIT),
        days=values.take(usage.DAYS),
        prices=prices(values.sources.toml, values.take(usage.PRICES)),
    )


def _gateway(values: Values, place: ServerSettings) -> GatewaySettings:
    script = values.take(gateway.MOCK_SCRIPT)
    if script is not None and not script.is_file():
        raise SettingRefused(f"PROSA_MOCK_SCRIPT={str(script)!r}: expected a readable file")
    return GatewaySettings(
        providers=(*providers(values, _own(place)), *((OFFLINE,) if values.take(gateway.OFFLINE) else ())),
        models=models(values.sources.toml),
        production=values.production,
        default_model=values.take(gateway.DEFAULT_MODEL),
        default_embedding_model=values.take(gateway.DEFAULT_EMBEDDING),
        mock=values.take(gateway.MOCK) and not values.production,
        mock_script=str(script) if script is not None else None,
        timeouts=Timeouts(
            values.take(gateway.CONNECT),
            values.take(gateway.FIRST_BYTE),
            values.take(gateway.SILENCE),
            values.take(gateway.TOTAL) or None,
        ),
        retries=values.take(gateway.RETRIES),
        breaker_threshold=values.take(gateway.BREAKER),
        breaker_seconds=values.take(gateway.BREAKER_SECONDS),
        answer_bytes=values.take(gateway.ANSWER),
    )


def _installation(values: Values) -> InstallationSettings:
    return InstallationSettings(
        values.take(installation.NAME), values.take(installation.SUPPORT), values.take(installation.LANGUAGE)
    )


def _administration(values: Values, place: ServerSettings) -> AdministrationSettings:
    own = _own(place)
    return AdministrationSettings(private_hosts=values.take(gateway.PRIVATE_HOSTS), own_hosts=own.hosts, own_port=own.port)


def _own(place: ServerSettings) -> Own:
    hosts = {place.host, socket.gethostname().lower()}
    if place.public_url:
        hosts.add(urlsplit(place.public_url).hostname or "")
    return Own(place.port, frozenset(hosts))


def _interactions(values: Values, chosen: tuple[ProviderSettings, ...]) -> InteractionSettings:
    found = {provider.name: provider for provider in chosen}
    wanted = _wanted(values, found)
    pair = [name for name in ("openrouter", "gemini") if name in found]
    order = ([wanted] if wanted else []) + [name for name in pair if name != wanted]
    models = [model for name in order if (model := _model_of(found[name]) if name in found else name)]
    fallback = values.take(dialects.LLM_FALLBACK)
    return InteractionSettings(
        strict=values.take(dialects.STRICT),
        cache=values.take(dialects.CACHE),
        cache_seconds=values.take(dialects.CACHE_SECONDS),
        model=models[0] if models else None,
        fallback_models=tuple(models[1:]) if fallback else (),
    )


def _wanted(values: Values, found: Mapping[str, ProviderSettings]) -> str | None:
    """LLM_PROVIDER where it is configured; what isn't leaves the choice to the keys present."""
    named = (values.take(dialects.LLM_PROVIDER) or "").lower()
    if not named:
        return None
    if named not in REGISTRY and named not in found:
        raise SettingRefused(f"LLM_PROVIDER={named!r}: expected openrouter, gemini, mock or a configured provider's name")
    if named == "mock":
        return None if values.production else "mock"
    if named not in found:
        values.warnings.append(f"LLM_PROVIDER={named}, but this provider has no key: another one answers")
        return None
    return named


def _model_of(provider: ProviderSettings) -> str | None:
    model = provider.default_model or REGISTRY[provider.kind].default_model or next(iter(provider.models), None)
    return f"{provider.name}/{model}" if model else None


def _bitaca(values: Values, chosen: tuple[ProviderSettings, ...]) -> BitacaSettings:
    nvidia = next((provider for provider in chosen if provider.name == "nvidia"), None)
    return BitacaSettings(
        model=_model_of(nvidia) if nvidia is not None else None,
        models=values.take(dialects.BITACA_MODELS),
    )


def _chatai(values: Values, chosen: tuple[ProviderSettings, ...]) -> ChataiSettings:
    openai = next((provider for provider in chosen if provider.name == "openai"), None)
    return ChataiSettings(
        model=_model_of(openai) if openai is not None else None,
        answer_seconds=values.take(dialects.CHATAI_TIMEOUT),
        per_minute=values.take(dialects.CHATAI_LIMIT),
    )


def _multiuser(values: Values, chosen: tuple[ProviderSettings, ...]) -> MultiuserSettings:
    """Its model by decision 19 of the mission, unless one is named."""
    gemini = next((provider for provider in chosen if provider.name == "gemini"), None)
    named = values.take(dialects.MULTIUSER_MODEL)
    model = named or (_model_of(gemini) if gemini is not None else None)
    return MultiuserSettings(new_title=values.take(dialects.MULTIUSER_TITLE), model=model)


def _site(values: Values, place: ServerSettings) -> SiteSettings:
    folder = values.take(server.SITE_DIR)
    if folder is not None and not folder.is_dir():
        raise SettingRefused(f"PROSA_SITE_DIR={str(folder)!r}: expected a folder")
    if folder is not None and place.data_dir.resolve().is_relative_to(folder.resolve()):
        raise SettingRefused(f"PROSA_SITE_DIR={str(folder)!r}: expected a folder of pages, without prosa's own data in it")
    return SiteSettings(folder, values.take(server.SITE_PORT), values.take(server.SITE_POLICY))
