"""The body of a chat request, checked at the edge: what is honoured, what is refused, and what changes nothing."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator
from pydantic_core import PydanticCustomError

from personae.errors import UsageError
from personae.memory.turns import MAX_NAME, mended
from personae.types import Conversation, Message, Settings

#: Messages of one request, characters of one of them, and tokens of an answer at most.
MAX_MESSAGES = 2_000
MAX_CHARACTERS = 200_000
MAX_TOKENS = 8_192

Name = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=MAX_NAME // 2, pattern=r"^[^\p{C}\p{Zl}\p{Zp}]+$"
    ),
]
Stop = Annotated[str, StringConstraints(min_length=1, max_length=100)]


#: Fields that hold a number.
NUMBERS = ("temperature", "top_p", "max_tokens", "max_completion_tokens", "seed", "n", "presence_penalty",
           "frequency_penalty")  # fmt: skip


class Part(BaseModel):
    """A part of a message; only text is read."""

    type: Literal["text"]
    text: str = Field(max_length=MAX_CHARACTERS)


class Said(BaseModel):
    """One message."""

    role: Literal["system", "developer", "user", "assistant"]
    content: Annotated[str, Field(max_length=MAX_CHARACTERS)] | list[Part] | None = None
    name: Name | None = None

    def message(self) -> Message:
        """As the toolkit has it; parts are joined."""
        text = self.content if isinstance(self.content, str) else "\n".join(part.text for part in self.content or ())
        return Message("system" if self.role == "developer" else self.role, mended(text), self.name)


class StreamOptions(BaseModel):
    """What a stream carries besides its text."""

    include_usage: bool = False


class Asked(BaseModel):
    """A request for the next turn of a talk, OpenAI's chat completion.

    Fields that OpenAI does not have are passed over, as its clients send many; those that would change the answer and
    cannot be honoured are refused by `settings`.
    """

    model_config = ConfigDict(extra="ignore")

    model: str = Field(max_length=200)
    messages: list[Said] = Field(min_length=1, max_length=MAX_MESSAGES)
    stream: bool = False
    stream_options: StreamOptions | None = None
    temperature: float | None = Field(None, ge=0, le=2)
    top_p: float | None = Field(None, gt=0, le=1)
    max_tokens: int | None = Field(None, ge=1, le=MAX_TOKENS)
    max_completion_tokens: int | None = Field(None, ge=1, le=MAX_TOKENS)
    seed: int | None = Field(None, ge=-(2**63), lt=2**63)
    stop: Stop | Annotated[list[Stop], Field(max_length=4)] | None = None
    user: Name | None = None
    metadata: dict[str, str] | None = Field(None, max_length=16)
    n: int | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    logit_bias: dict[str, float] | None = None
    logprobs: bool | None = None
    modalities: list[str] | None = None
    web_search_options: dict[str, Any] | None = None
    tools: list[Any] | None = None
    functions: list[Any] | None = None
    response_format: dict[str, Any] | None = None

    @field_validator(*NUMBERS, mode="before")
    @classmethod
    def _is_number(cls, value: Any) -> Any:
        if isinstance(value, bool | str):  # which would be read as a number
            raise PydanticCustomError("number_type", "Input should be a number")
        return value

    def conversation(self) -> Conversation:
        """The talk so far. Raises UsageError unless the user spoke last."""
        messages = tuple(said.message() for said in self.messages)
        if messages[-1].role != "user" or not messages[-1].content.strip():
            raise UsageError("the last message is not the user's, or is empty; send what the persona is to answer")
        return Conversation(messages)

    def settings(self, default: Settings) -> Settings:
        """The settings asked for, the server's own where nothing is. Raises UsageError for what cannot be honoured."""
        self._refuse()
        stop = (self.stop,) if isinstance(self.stop, str) else tuple(self.stop or ())
        asked = {
            "temperature": self.temperature,
            "top_p": self.top_p,
            "max_tokens": self.max_completion_tokens or self.max_tokens,
            "seed": self.seed,
            "stop": (*default.stop, *stop),
        }
        known = {name: value for name, value in asked.items() if value is not None}
        return Settings(**(_fields(default) | known))

    def caller(self) -> str:
        """What the persona calls who is speaking: the name of the last message, the field `user`, or "User"."""
        return self.messages[-1].name or self.user or "User"

    def talk(self) -> str | None:
        """The name of the conversation, where `metadata` gives one under "conversation"."""
        name = (self.metadata or {}).get("conversation", "").strip()
        if len(name) > MAX_NAME or not name.isprintable():
            raise UsageError(f"metadata.conversation is no name; give up to {MAX_NAME} characters that can be printed")
        return name or None

    def _refuse(self) -> None:
        refused = {
            "n": self.n not in (None, 1),
            "presence_penalty": bool(self.presence_penalty),
            "frequency_penalty": bool(self.frequency_penalty),
            "logit_bias": bool(self.logit_bias),
            "logprobs": bool(self.logprobs),
            "modalities": (self.modalities or ["text"]) != ["text"],
            "web_search_options": self.web_search_options is not None,
            "tools": bool(self.tools),
            "functions": bool(self.functions),
            "response_format": (self.response_format or {"type": "text"}).get("type") != "text",
        }
        for name, is_asked in refused.items():
            if is_asked:
                raise UsageError(f"{name} is not supported by a persona; leave it out")


#: Names that an error may say; what else a client called something stays unsaid.
FIELDS = frozenset(name for model in (Part, Said, StreamOptions, Asked) for name in model.model_fields)


def _fields(settings: Settings) -> dict[str, Any]:
    return {name: getattr(settings, name) for name in Settings.__dataclass_fields__}
