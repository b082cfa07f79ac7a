"""FastAPI and Starlette are known in api, web and boot only; uvicorn in boot only.

Reason: a feature is usable from the command line, from a task and from another dialect; the framework is one of its shells,
and the hot path goes around it.
"""

from collections.abc import Iterator

from checks.repository import Finding, Repository, imported

PLACES = {
    "fastapi": ("src/prosa/api/", "src/prosa/web/", "src/prosa/boot/"),
    "starlette": ("src/prosa/api/", "src/prosa/web/", "src/prosa/boot/"),
    "fastapi_offline": ("src/prosa/api/", "src/prosa/web/"),
    "uvicorn": ("src/prosa/boot/",),
    "cyclopts": ("src/prosa/cli/", "src/prosa/boot/"),
}


def find(repository: Repository) -> Iterator[Finding]:
    """Frameworks imported where they have no business."""
    for module in repository.product:
        for name, line in imported(module):
            top = name.partition(".")[0]
            if top in PLACES and not module.within(*PLACES[top]):
                yield Finding(module.path, line, f"{top} is not known here, only in {', '.join(PLACES[top])}")
