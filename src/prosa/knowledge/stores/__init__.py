"""Vector stores: files put into them, read in the background, found again by what they say."""

from prosa.knowledge.stores.bringing_store import brought_files, files_in, is_empty, stores_here
from prosa.knowledge.stores.emptying import Emptying
from prosa.knowledge.stores.errors import (
    FileBatchNotFound,
    StoredFileNotFound,
    StoreFieldRefused,
    TooManyFileBatches,
    VectorStoreExpired,
    VectorStoreNotFound,
    VectorStoreQuotaExceeded,
)
from prosa.knowledge.stores.filters import parsed as parsed_filter
from prosa.knowledge.stores.models import (
    BATCH,
    KEPT,
    MOST_BATCH,
    STORE,
    Addition,
    Fault,
    FileBatch,
    FileCounts,
    FileStatus,
    Found,
    Grant,
    Holdings,
    Inquiry,
    Maker,
    NewStore,
    PageQuery,
    Ranking,
    StoreChange,
    StoredFile,
    StoredFilePage,
    StorePage,
    VectorStore,
)
from prosa.knowledge.stores.orders import INGESTION
from prosa.knowledge.stores.ownership import erase_stores, inherit_stores
from prosa.knowledge.stores.parts import StoreParts
from prosa.knowledge.stores.service import VectorStores
from prosa.knowledge.stores.settings import StoreSettings
from prosa.knowledge.stores.store import addition as store_row

__all__ = [
    "BATCH",
    "INGESTION",
    "KEPT",
    "MOST_BATCH",
    "STORE",
    "Addition",
    "Emptying",
    "Fault",
    "FileBatch",
    "FileBatchNotFound",
    "FileCounts",
    "FileStatus",
    "Found",
    "Grant",
    "Holdings",
    "Inquiry",
    "Maker",
    "NewStore",
    "PageQuery",
    "Ranking",
    "StoreChange",
    "StoreFieldRefused",
    "StorePage",
    "StoreParts",
    "StoreSettings",
    "StoredFile",
    "StoredFileNotFound",
    "StoredFilePage",
    "TooManyFileBatches",
    "VectorStore",
    "VectorStoreExpired",
    "VectorStoreNotFound",
    "VectorStoreQuotaExceeded",
    "VectorStores",
    "brought_files",
    "erase_stores",
    "files_in",
    "inherit_stores",
    "is_empty",
    "parsed_filter",
    "store_row",
    "stores_here",
]
