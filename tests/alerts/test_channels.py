"""Each channel says what it is to say to whom it is to say it, and how that failed."""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from ntfying import Ntfy
from providing import endless, status
from pytest_httpserver import HTTPServer
from werkzeug import Response

from tokentui.alerts import channels
from tokentui.alerts.channels import send
from tokentui.alerts.message import Message
from tokentui.errors import TokentuiError
from tokentui.settings import Channel

AT = "2026-11-20T12:00:00+00:00"
CAP = Message("cap", "month", "cap month: 82 % used, ≥$1,230 & more", False, AT)
URGENT = Message("cap", "month", "<!channel> @everyone $(touch pwned)", True, AT)


@pytest.fixture
def server() -> Iterator[HTTPServer]:
    """Start a server that takes anything at /hook."""
    made = HTTPServer(host="127.0.0.1")
    made.expect_request("/hook", method="POST").respond_with_data("ok")
    made.start()
    yield made
    made.stop()


def test_ntfy(ntfy: Ntfy) -> None:
    """An alert is published to the topic, an urgent one with the highest priority."""
    phone = Channel("phone", "ntfy", url=f"{ntfy.base}/alerts-of-ada")
    send(phone, CAP)
    send(phone, URGENT)
    assert ntfy.published[0] == {
        "topic": "alerts-of-ada",
        "title": "tokentui",
        "message": "cap month: 82 % used, ≥$1,230 & more",
        "priority": 3,
        "tags": ["cap"],
    }
    assert ntfy.published[1]["priority"] == 5


def test_ntfy_refuses(ntfy: Ntfy) -> None:
    """What the server refuses is a failure that does not name the topic."""
    ntfy.spoil(status(429, "limit reached"))
    with pytest.raises(TokentuiError, match=r"^127\.0\.0\.1: HTTP 429$"):
        send(Channel("phone", "ntfy", url=f"{ntfy.base}/topic"), CAP)


def test_token(ntfy: Ntfy, monkeypatch: pytest.MonkeyPatch) -> None:
    """The token of the environment goes with it, but never in the open."""
    monkeypatch.setenv("TOKENTUI_KEY_PHONE", "tk_secret")
    send(Channel("phone", "ntfy", url=f"{ntfy.base}/topic"), CAP)
    assert ntfy.calls[0].headers["Authorization"] == "Bearer tk_secret"
    send(Channel("other", "ntfy", url=f"{ntfy.base}/topic"), CAP)
    assert "Authorization" not in ntfy.calls[1].headers
    with pytest.raises(TokentuiError, match="https only") as refused:
        send(Channel("phone", "ntfy", url="http://ntfy.example/topic"), CAP)
    assert "tk_secret" not in str(refused.value)


def posted(server: HTTPServer, via: str, message: Message) -> object:
    """Send a message; give the JSON that came."""
    send(Channel("it", via, url=str(server.url_for("/hook"))), message)
    (request, _) = server.log[-1]
    assert request.content_type == "application/json"
    return json.loads(request.data)


def test_webhook(server: HTTPServer) -> None:
    """A webhook gets the alert's own facts."""
    assert posted(server, "webhook", CAP) == {
        "kind": "alert",
        "rule": "cap",
        "what": "month",
        "text": "cap month: 82 % used, ≥$1,230 & more",
        "is_urgent": False,
        "at": AT,
    }


def test_slack(server: HTTPServer) -> None:
    """Slack's form is a text in which no name and no markup calls anybody."""
    assert posted(server, "slack", URGENT) == {
        "text": "tokentui: &lt;!channel&gt; @everyone $(touch pwned)"
    }


def test_discord(server: HTTPServer) -> None:
    """Discord's form is a content that mentions nobody."""
    assert posted(server, "discord", URGENT) == {
        "content": "tokentui: <!channel> @everyone $(touch pwned)",
        "allowed_mentions": {"parse": []},
    }


def test_nobody_answers() -> None:
    """A server that is not there is a failure of that channel; its path is not told."""
    with pytest.raises(TokentuiError) as failed:
        send(Channel("it", "webhook", url="http://127.0.0.1:9/secret"), CAP)
    assert str(failed.value) == "127.0.0.1: ConnectError"


def test_no_redirect(server: HTTPServer) -> None:
    """What a server sends on to another is not followed."""
    answer = Response("", 302, {"Location": str(server.url_for("/hook"))})
    server.expect_request("/away").respond_with_response(answer)
    with pytest.raises(TokentuiError, match="HTTP 302"):
        send(Channel("it", "webhook", url=str(server.url_for("/away"))), CAP)


def test_answer_without_an_end(ntfy: Ntfy) -> None:
    """What a server says beyond its status is not waited for."""
    ntfy.spoil(endless)
    send(Channel("it", "webhook", url=f"{ntfy.base}/hook"), CAP)
    assert len(ntfy.calls) == 1


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "ALL_PROXY", "http_proxy"])
def test_token_takes_no_proxy(
    ntfy: Ntfy, server: HTTPServer, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    """A token for this machine is not shown to a proxy on the way."""
    monkeypatch.setenv(variable, str(server.url_for("")))
    monkeypatch.setenv("TOKENTUI_KEY_IT", "tk_secret")
    send(Channel("it", "ntfy", url=f"{ntfy.base}/topic"), CAP)
    assert (len(ntfy.published), server.log) == (1, [])


def test_command(tmp_path: Path) -> None:
    """A program reads the alert as JSON; its arguments are taken as they stand."""
    file = tmp_path / "out $(touch pwned)"
    program = "import sys; open(sys.argv[1], 'w').write(sys.stdin.read())"
    command = (sys.executable, "-c", program, str(file))
    send(Channel("it", "command", command=command), URGENT)
    assert json.loads(file.read_text()) == {
        "kind": "alert",
        "rule": "cap",
        "what": "month",
        "text": "<!channel> @everyone $(touch pwned)",
        "is_urgent": True,
        "at": AT,
    }
    assert not (tmp_path / "pwned").exists() and not Path("pwned").exists()


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (("no-such-program",), "cannot be run"),
        ((sys.executable, "-c", "raise SystemExit('broken')"), "exit 1: broken"),
    ],
)
def test_command_that_fails(command: tuple[str, ...], words: str) -> None:
    """A program that is missing or fails is a failure that says why."""
    with pytest.raises(TokentuiError, match=words):
        send(Channel("it", "command", command=command), CAP)


def test_command_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that takes too long is ended."""
    monkeypatch.setattr(channels, "PATIENCE_SECONDS", 0.2)
    sleeping = (sys.executable, "-c", "import time; time.sleep(60)")
    with pytest.raises(TokentuiError, match="took over"):
        send(Channel("it", "command", command=sleeping), CAP)


@pytest.mark.skipif(shutil.which("tmux") is None, reason="needs tmux")
def test_tmux(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """tmux shows the text as it is, and runs nothing that stands in it."""
    import termios  # Windows has none

    monkeypatch.setenv("TMUX_TMPDIR", str(tmp_path))
    monkeypatch.delenv("TMUX", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    inside = "tmux new-session -d -x 200 -y 50 cat; tmux attach"
    leader, follower = os.openpty()
    termios.tcsetwinsize(follower, (50, 300))  # the path alone is longer than 80
    client = subprocess.Popen(
        ["sh", "-c", inside], stdin=follower, stdout=follower, stderr=follower
    )
    os.close(follower)
    try:
        shown(leader, b"[0]")
        text = f"spent 80 % #(touch {tmp_path}/pwned) today"
        send(Channel("it", "tmux"), CAP._replace(text=text))
        assert b"spent 80 % " in shown(leader, b"today")
        subprocess.run(["tmux", "refresh-client"], check=False, capture_output=True)
        assert not (tmp_path / "pwned").exists()
    finally:
        subprocess.run(["tmux", "kill-server"], check=False, capture_output=True)
        client.wait()
        os.close(leader)


def shown(terminal: int, word: bytes) -> bytes:
    """Read what a terminal shows until a word is there; it never comes: a failure."""
    seen = b""
    while word not in seen:
        ready, _, _ = select.select([terminal], [], [], 30)
        assert ready, seen
        seen += os.read(terminal, 65_536)
    return seen


@pytest.mark.skipif(shutil.which("tmux") is None, reason="needs tmux")
def test_no_tmux(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no tmux runs that is the failure."""
    monkeypatch.setenv("TMUX_TMPDIR", str(tmp_path))
    monkeypatch.delenv("TMUX", raising=False)
    with pytest.raises(TokentuiError, match="tmux"):
        send(Channel("it", "tmux"), CAP)


BELL = """
import os, pty, sys
child, terminal = pty.fork()
if child == 0:
    from tokentui.alerts.channels import send
    from tokentui.alerts.message import tried
    from tokentui.settings import Channel
    send(Channel("it", "bell"), tried(""))
    os._exit(0)
heard = os.read(terminal, 100)
os.waitpid(child, 0)
sys.exit(heard != b"\\a")
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such terminals")
def test_bell() -> None:
    """The terminal's bell rings; without a terminal that is the failure."""
    assert subprocess.run([sys.executable, "-c", BELL], check=False).returncode == 0
    alone = (
        "from tokentui.alerts.channels import send;"
        "from tokentui.alerts.message import tried;"
        "from tokentui.settings import Channel;"
        "send(Channel('it', 'bell'), tried(''))"
    )
    done = subprocess.run(
        [sys.executable, "-c", alone],
        start_new_session=True,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "no terminal to ring the bell of" in done.stderr
