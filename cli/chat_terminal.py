"""A chat at a terminal: history, completion, several lines, and a toolbar that says what the arm is doing."""

import os
from collections.abc import Iterable
from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.patch_stdout import patch_stdout

from ..core.errors import HandselError
from .chat_commands import COMMANDS
from .chat_session import ChatSession

REFRESH = 0.25
"""How often the toolbar is drawn anew, [s]."""
WELCOME = "Say what to do; /help lists commands. Enter sends, Alt+Enter is a new line, Ctrl+C stops the arm."


class Words(Completer):
    """Completes commands, things and skills."""

    def __init__(self, session: ChatSession):
        """Complete for a chat.

        Args:
            session: It knows the things and skills.
        """
        self._session = session
        self.things: tuple[str, ...] = ()

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """Give what the word at the cursor may become."""
        before = document.text_before_cursor
        if before.startswith("/") and " " not in before:
            for name, command in COMMANDS.items():
                if name.startswith(before[1:]):
                    yield Completion(f"/{name}", start_position=-len(before), display_meta=command.help)
            return
        word = document.get_word_before_cursor(WORD=True).lower()
        if not word:
            return
        for name, what in self._names():
            if name.startswith(word):
                yield Completion(name, start_position=-len(word), display_meta=what)

    def _names(self) -> Iterable[tuple[str, str]]:
        for name in self._session.names() or self.things:
            yield name, "thing"
            if "_" in name:
                yield name.replace("_", " "), "thing"
        for skill in self._session.agent.skills:
            yield skill.spec.name, "skill"


def talk(session: ChatSession) -> None:
    """Talk with the person at the terminal until they leave.

    Args:
        session: What the lines are for.
    """
    words = Words(session)
    prompt: PromptSession[str] = PromptSession(
        history=history(),
        completer=words,
        complete_while_typing=True,
        multiline=True,
        key_bindings=keys(),
        bottom_toolbar=lambda: toolbar(session),
        prompt_continuation="  ",
        refresh_interval=REFRESH,
    )
    with patch_stdout(raw=True):
        session.print(WELCOME)
        try:
            words.things = tuple(thing.name for thing in session.things())
            session.print(f"     saw  {', '.join(words.things) or 'nothing on the table'}")
        except HandselError as error:
            session.print(str(error))
        while not session.gone:
            try:
                line = prompt.prompt("> ")
            except KeyboardInterrupt:
                session.clear()
                if not session.stop():
                    session.print("nothing moves; /quit or Ctrl+D leaves")
                continue
            except EOFError:
                return
            if not session.take(line):
                return


def toolbar(session: ChatSession) -> str:
    """Say what the arm is doing."""
    plan = "  |  a plan waits for /go" if session.plan is not None else ""
    return f" {session.doing}{plan}  |  {session.inner.name}  |  {'/stop' if session.busy else '/help'}"


def keys() -> KeyBindings:
    """Send with Enter, begin a new line with Alt+Enter."""
    bindings = KeyBindings()

    @bindings.add("enter")
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.validate_and_handle()

    @bindings.add("escape", "enter")
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text("\n")

    return bindings


def history() -> History:
    """Keep what was typed in the person's own state folder; in this process only, where that cannot be."""
    folder = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "handsel"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (folder / "chat_history").open("a", encoding="utf-8"):
            return FileHistory(str(folder / "chat_history"))
    except OSError:
        return InMemoryHistory()
