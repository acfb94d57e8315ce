"""The demo end to end: the real bot between both stand-ins, driven by lines."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from importlib import resources

import pytest
from support.patience import PATIENCE

from bot.commands import demo

ORDER = "2542285634920880794"
PANDABOT = (sys.executable, "-m", "bot", "demo")


def run(*options: str, stdin: str = "", env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603  our own program with arguments written here
        [*PANDABOT, *options],
        input=stdin,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
        env={**os.environ, "PYTHONWARNINGS": "error::ResourceWarning", **(env or {})},
    )


async def test_the_tour_plays_to_its_end(capsys: pytest.CaptureFixture[str]) -> None:
    """Search, order, track, watch, time passes, the news arrives, delivered, unwatch: nothing skipped."""
    tour = resources.files("sandbox.terminal").joinpath("tour.script").read_text(encoding="utf-8")
    assert await demo.play(tour) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert "mei #orders> /panda search 连衣裙" in out
    assert "🖼" in out, "a product's picture is named"
    assert "in the thread of m" in out, "the news arrived in the card's thread"
    assert "Delivered" in out


async def test_the_same_script_prints_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    """A script starts at a fixed moment, so that two runs can be compared."""
    script = f"/panda order {ORDER}\n/panda orders\n/panda nonsense"
    assert await demo.play(script) == 0
    first = capsys.readouterr().out
    assert await demo.play(script) == 0
    assert capsys.readouterr().out == first


@pytest.mark.parametrize(
    ("script", "failure"),
    [
        ("/panda help\n\n# a comment\nexpect no such words", "line 4 (expect no such words): #orders does not show"),
        ("ff soon", "line 1 (ff soon): ff takes a length of time"),
        ("press 3", "line 1 (press 3): no message in #orders has buttons"),
        ("thread 9", "line 1 (thread 9): there is no message m9"),
        ("#nowhere", "line 1 (#nowhere): mei is in no channel #nowhere"),
        ("wait news 2", "line 1 (wait news 2): waited 1 s for 2 x news, and 0 came"),
        ("shortcut track", "line 1 (shortcut track): nobody has said anything in #orders yet"),
        ("/panda help\nshortcut track 1", "line 2 (shortcut track 1): only you see m1"),
        ("/panda help\npress 99 of 1", "line 2 (press 99 of 1): m1 has"),
        ("as nobody", "line 1 (as nobody): there is nobody called nobody"),
    ],
)
async def test_a_line_that_fails_ends_the_script(script: str, failure: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The exit code is 1, and the sentence names the line and what is wrong with it."""
    assert await demo.play(script, patience=1) == 1
    assert failure in capsys.readouterr().err


async def test_buttons_shortcuts_and_channels(capsys: pytest.CaptureFixture[str]) -> None:
    """Everything that a person does in Slack can be done by a line: press, shortcut, another channel, another user."""
    script = f"""\
    say 麻烦看一下 {ORDER}
    shortcut track
    expect {ORDER}
    press 1
    wait answer
    #urgent
    /panda watch {ORDER} milestones
    expect Watching
    as tom
    /panda watches
    expect {ORDER[-6:]}
    faults down
    /panda search 连衣裙
    wait answer
    faults off
    orders
    help
    speed 60
    """
    assert await demo.play(script) == 0
    out = capsys.readouterr().out
    assert "tom #urgent> /panda watches" in out
    assert "mei presses" in out


async def test_time_passes_only_when_the_bot_has_seen_the_moment_before(capsys: pytest.CaptureFixture[str]) -> None:
    """Orders that were watched a moment ago tell what the skipped hours brought; the line about them stands once."""
    assert await demo.play("/panda watch all\nff 10h\nwait message 3\nexpect Delivered\nff 30m") == 0
    assert capsys.readouterr().out.count("mei watches all orders here") == 1


def test_a_pipe_is_a_script() -> None:
    """Lines on standard input are played without a prompt; no variable of the machine reaches the demo."""
    done = run(stdin=f"/panda order {ORDER}\nexpect {ORDER}\n", env={"SLACK_MODE": "nonsense", "HTTP_PORT": "1"})
    assert (done.returncode, done.stderr) == (0, "")
    assert ORDER in done.stdout


@pytest.mark.parametrize("stdin", ["", "\n\n   \n"])
def test_no_input_says_what_was_done(stdin: str) -> None:
    """In CI or a task runner there is no terminal and nothing to play: one sentence says so, and where the page is."""
    done = run(stdin=stdin)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == demo.NOTHING_PLAYED
    assert "pandabot demo --no-open" in done.stdout


def test_input_that_was_played_gets_no_such_sentence() -> None:
    """A comment alone is a script, too."""
    done = run(stdin="# only a comment\n")
    assert (done.returncode, done.stdout.strip()) == (0, "# only a comment")


def test_a_failing_pipe_has_exit_code_1() -> None:
    """What a CI looks at."""
    done = run(stdin="press 1\n")
    assert done.returncode == 1
    assert done.stderr == "pandabot demo: line 1 (press 1): no message in #orders has buttons\n"


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_leaving_at_any_moment_is_quiet(sign: signal.Signals) -> None:
    """Ctrl-C and SIGTERM end the demo with everything cleaned up and no traceback."""
    with subprocess.Popen(  # noqa: S603  our own program
        PANDABOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write("orders\n")
        process.stdin.flush()
        while ORDER not in process.stdout.readline():
            pass
        process.send_signal(sign)
        _, errors = process.communicate(timeout=PATIENCE)
    assert (process.returncode, errors) == (130, "")


def test_a_reader_who_leaves_is_no_error() -> None:
    """`pandabot demo --script … | head -1` prints no traceback."""
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as stdout:
        done = subprocess.run(  # noqa: S603  our own program
            PANDABOT,
            input="help\nhelp\n",
            stdout=stdout,
            stderr=subprocess.PIPE,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    assert done.stderr == ""


async def test_the_demo_leaves_nothing_behind() -> None:
    """No task outlives it, so that a second demo can follow in the same process."""
    before = asyncio.all_tasks()
    assert await demo.play("/panda status") == 0
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == before
