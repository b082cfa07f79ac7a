"""The type of an open transaction, for annotations everywhere: naming it loads no library."""

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    Connection: TypeAlias = AsyncConnection
else:
    Connection = object
