"""What whoever shares writes is text on the page of a link, also where it is no message."""

import pytest

from prosa.conversations import Shared
from prosa.conversations.sharing import Snapshot
from prosa.conversations.sharing.models import Share, SharedFile, SharedMessage
from prosa.web.share_page import share_page

EVIL = '"><script>x</script>'


@pytest.mark.attack("L4")
@pytest.mark.parametrize("media_type", ["image/png", "text/plain"])
def test_a_files_name_is_a_text(media_type: str) -> None:
    share = Share("a" * 32, "ana", "c" * 32, EVIL, 1, 1, 1.0, None)
    snapshot = Snapshot((SharedMessage("user", EVIL, (0,)),), (SharedFile("f" * 32, EVIL, media_type, 1),))
    page = share_page(Shared(share, snapshot), "/s/token", None).decode()
    assert "<script>x" not in page and EVIL not in page and "f" * 32 not in page
