"""TLS as a client: certificates and host names are always checked."""

import os.path
import ssl
from functools import cache


def make_context(authorities: str | None = None) -> ssl.SSLContext:
    """A context that trusts certifi's and the system's authorities, or only those of the file `authorities`.

    Built by hand, not by `ssl.create_default_context`: that one reads SSLKEYLOGFILE, SSL_CERT_FILE and SSL_CERT_DIR from the
    environment. Raises OSError when a file can't be read.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    if authorities is not None:
        context.load_verify_locations(cafile=authorities)
        return context
    import certifi  # 5 ms that only https needs

    context.load_verify_locations(cafile=certifi.where())
    folder = ssl.get_default_verify_paths().openssl_capath
    if os.path.isdir(folder):
        context.load_verify_locations(capath=folder)
    return context


@cache
def shared_context() -> ssl.SSLContext:
    """The process's one context: reading the authorities costs some 10 ms, so it waits for the first https target."""
    return make_context()
