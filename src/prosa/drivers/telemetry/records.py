"""What is written down about a request: one record, filled as it goes, read by the metrics and by the log."""

import msgspec


class RequestRecord(msgspec.Struct):
    """One HTTP request. Times in seconds; nothing in it is secret, and nothing is what a person wrote."""

    request_id: str
    method: str
    path: str = "other"  # the route's template, so that it has few values
    status: int = 0  # 499: the client left before the answer began
    seconds: float = 0.0
    first_byte_seconds: float | None = None  # until the answer's first byte was handed to the socket
    key_id: str | None = None
    caller_kind: str | None = None
    model: str | None = None
    provider: str | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    estimated: bool = False  # the tokens are our own count
    attempts: int = 0
    fault: str | None = None  # the code of the error that was answered, or that broke the stream
    bytes_out: int = 0
    dialect: str = "plain"
    trace_id: str | None = None
