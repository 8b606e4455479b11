"""What lets a person in: the secret beside the database that signs sessions, the sign-in token, its rate limit.

Knows files and comparisons. Knows no request and no page.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import threading
from collections import deque
from datetime import datetime, timedelta
from pathlib import Path

from incidents import TimelineError
from timeline.wording import N_

SHORTEST_TOKEN = 16
SECRET_BYTES = 32
REMEMBERED_ADDRESSES = 10_000


class CredentialError(TimelineError):
    """The secret or the token cannot be used."""


def secret_path(database: str | os.PathLike[str]) -> Path:
    """Give the place of the secret that belongs to a database."""
    return Path(f"{os.fspath(database)}.secret")


def session_secret(database: str | os.PathLike[str]) -> str:
    """Read the secret that signs sessions, making it (mode 0600) at the first start.

    Deleting the file signs everyone out. Raises `CredentialError` when it cannot be written or is too short.
    """
    path = secret_path(database)
    try:
        if not path.exists():
            _make_secret(path)
        path.chmod(0o600)
        secret = path.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError) as reason:
        raise CredentialError(
            N_("The file {path}, which keeps sign-ins safe, cannot be used: {reason}."),
            code="secret-unusable",
            params={"path": str(path), "reason": getattr(reason, "strerror", None) or str(reason)},
            hint=N_("Make the folder writable for this program, or choose another with TIMELINE_DATABASE."),
        ) from reason
    if len(secret) < SECRET_BYTES:
        raise CredentialError(
            N_("The file {path}, which keeps sign-ins safe, is damaged."),
            code="secret-damaged",
            params={"path": str(path)},
            hint=N_("Delete it: a new one is made at the next start, and everyone signs in again."),
        )
    return secret


def _make_secret(path: Path) -> None:
    # Written apart and linked into place: two programs that start together must end up with one whole secret.
    draft = path.with_name(f"{path.name}.{secrets.token_hex(6)}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(SECRET_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        except OSError:
            # File systems without hard links: the rename is whole too, and the last of two programs wins.
            os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def sign_in_token(given: str) -> str:
    """Give the token of the sign-in link: the one that was set, else a new random one.

    Raises `CredentialError` for a set token that can be guessed.
    """
    if not given:
        return secrets.token_urlsafe(24)
    if len(given) < SHORTEST_TOKEN:
        raise CredentialError(
            N_("TIMELINE_TOKEN is too short: {length} characters."),
            code="token-too-short",
            params={"length": len(given)},
            hint=N_(
                "Use at least 16 random ones, such as those printed by: "
                "python -c “import secrets; print(secrets.token_urlsafe(24))”"
            ),
        )
    return given


def same_text(one: str, other: str) -> bool:
    """Compare two texts in a time that does not depend on where they differ."""
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))


def token_mark(secret: str, set_token: str) -> str:
    """Give what a session remembers of the token: changing TIMELINE_TOKEN ends the sessions it opened.

    Without a set token the link is new at each start, and sessions outlive a restart.
    """
    if not set_token:
        return "per-start"
    return hmac.new(secret.encode(), set_token.encode("utf-8", "replace"), hashlib.sha256).hexdigest()[:32]


class Attempts:
    """Counts wrong sign-ins by address within the last minute; kept in memory, shared by threads."""

    def __init__(self, allowed: int, within: timedelta = timedelta(minutes=1)) -> None:
        self.allowed = allowed
        self.within = within
        self._failures: dict[str, deque[datetime]] = {}
        self._lock = threading.Lock()

    def seconds_to_wait(self, address: str, at: datetime) -> int:
        """Give how long an address has to wait before its next attempt; 0 when it may try now."""
        with self._lock:
            failures = self._recent(address, at)
            if len(failures) < self.allowed:
                return 0
            return max(1, int((failures[0] + self.within - at).total_seconds()) + 1)

    def failed(self, address: str, at: datetime) -> None:
        """Remember a wrong attempt."""
        with self._lock:
            if len(self._failures) >= REMEMBERED_ADDRESSES:
                self._failures = {a: f for a, f in self._failures.items() if self._recent(a, at)}
            self._failures.setdefault(address, deque()).append(at)

    def _recent(self, address: str, at: datetime) -> deque[datetime]:
        failures = self._failures.get(address, deque())
        while failures and failures[0] <= at - self.within:
            failures.popleft()
        return failures
