"""Files as OpenAI's API shows them."""

from typing import Any, Final, Literal

from pydantic import BaseModel, Field

from prosa.files import File

PREFIX: Final = "file-"
EXAMPLE: Final = PREFIX + "7b6821146d1743da97c764a12dd4ed93"


class FileObject(BaseModel):
    """A stored file."""

    id: str = Field(examples=[EXAMPLE])
    object: Literal["file"] = "file"
    bytes: int = Field(description="Its size.", examples=[120000])
    created_at: int = Field(description="Seconds since 1970.", examples=[1760000000])
    expires_at: int | None = Field(default=None, description="When it is deleted by itself, in seconds since 1970; null: never.")
    filename: str = Field(examples=["contrato.pdf"])
    purpose: str = Field(examples=["user_data"])
    status: Literal["processed"] = Field(default="processed", description="Always so: a file can be used once it is stored.")
    status_details: None = None


class FileList(BaseModel):
    """A page of files."""

    object: Literal["list"] = "list"
    data: list[FileObject]
    first_id: str | None = Field(examples=[EXAMPLE])
    last_id: str | None = Field(description="What `after` takes for the next page.", examples=[EXAMPLE])
    has_more: bool


class FileDeleted(BaseModel):
    """A file that is gone."""

    id: str = Field(examples=[EXAMPLE])
    object: Literal["file"] = "file"
    deleted: Literal[True] = True


def shown(file: File) -> FileObject:
    """A file as the API shows it."""
    return FileObject(
        id=PREFIX + file.id,
        bytes=file.bytes,
        created_at=int(file.created_at),
        expires_at=None if file.expires_at is None else int(file.expires_at),
        filename=file.filename,
        purpose=file.purpose.value,
    )


UPLOAD: Final[dict[str, Any]] = {  # FastAPI's own type for `openapi_extra`
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file", "purpose"],
                    "properties": {
                        "file": {"type": "string", "format": "binary", "description": "The file, with its name."},
                        "purpose": {
                            "type": "string",
                            "enum": ["assistants", "batch", "evals", "fine-tune", "user_data", "vision"],
                        },
                        "expires_after[anchor]": {"type": "string", "enum": ["created_at"]},
                        "expires_after[seconds]": {
                            "type": "integer",
                            "minimum": 3600,
                            "maximum": 2592000,
                            "description": "When it is deleted by itself, counted from its creation.",
                        },
                    },
                }
            }
        },
    }
}
