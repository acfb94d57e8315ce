"""`pandabot gloss` and the file of a team's own glosses: for an editor who knows no code."""

from __future__ import annotations

import csv
import io
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.courier_texts import opened_texts
from support.stored_texts import store_texts
from typer.testing import CliRunner

from bot.cli import app
from bot.commands.courier import masked
from bot.commands.gloss import Coverage, coverage, sheet
from bot.settings import SettingsError, load
from handlers.blocks import team_glosses
from handlers.blocks.gloss import gloss
from handlers.blocks.team_glosses import GlossFileError, compiled
from storage.sqlite.opening import open_to_read

if TYPE_CHECKING:
    from collections.abc import Iterator

NEEDED = {
    "SLACK_BOT_TOKEN": "xoxb-1",
    "SLACK_APP_TOKEN": "xapp-1",
    "PANDAPON_ACCESS_KEY": "key",
    "PANDAPON_ACCESS_SECRET": "secret",
    "PANDAPON_USER_ID": "2100007341207",
}


@pytest.fixture(autouse=True)
def no_glosses() -> Iterator[None]:
    """The process has no glosses of a team before and after."""
    team_glosses.use(())
    yield
    team_glosses.use(())


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database with a few stored texts, and the settings that name it."""
    path = tmp_path / "bot.db"
    stored = [
        "【甲地】嗡嗡嗡声 13000000001",
        "【乙地】嗡嗡嗡声 13000000002",
        "=嘀嘀嘀嘀嘀",
        "已签收",
        "海关放行",
        "Buzz buzz",
    ]
    store_texts(path, stored)
    for name, value in {**NEEDED, "DATABASE_PATH": str(path)}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    return path


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["gloss", *arguments])
    return result.exit_code, result.output


def test_the_texts_without_a_gloss(database: Path) -> None:
    """Commonest first, numbers and names masked, and how many have one; the reader's own language needs none."""
    code, output = run()
    assert code == 0
    assert output.splitlines() == [
        "     2  …嗡嗡嗡声…",
        "     1  =嘀嘀嘀嘀嘀",
        "2 of 5 stored updates that need a gloss have one (40 %).",
    ]
    assert run("--most", "1")[1].splitlines()[0] == "     2  …嗡嗡嗡声…"
    assert run("--language", "zh_CN")[1].splitlines() == [
        "     1  buzzbuzz",
        "0 of 1 stored updates that need a gloss have one (0 %).",
    ]
    assert "13000000001" not in output


def test_the_listing_is_a_file_to_fill_in(database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is listed with --csv, with a reading written beside it, fits the very texts; no cell begins a formula."""
    code, output = run("--csv")
    assert code == 0
    rows = list(csv.reader(io.StringIO(output)))
    assert rows == [["text", "en", "zh_CN", "th"], ["…嗡嗡嗡声…", "", "", ""], ["…=嘀嘀嘀嘀嘀", "", "", ""]]
    file = tmp_path / "glosses.csv"
    lines = ["text,en,zh_CN,th", "…嗡嗡嗡声…,Buzzing,,", "…=嘀嘀嘀嘀嘀,Beeping,,"]
    file.write_text("\ufeff" + "\r\n".join(lines), encoding="utf-8")
    assert run("check", str(file)) == (0, "2 texts; readings: en 2.\n")
    monkeypatch.setenv("GLOSSES", str(file))
    assert run()[1].splitlines() == ["5 of 5 stored updates that need a gloss have one (100 %)."]
    assert gloss("【丙地】嗡嗡嗡声 13000000003") == "Buzzing"


def test_every_masked_text_fits_its_text() -> None:
    """A pattern that is copied from the listing fits the text from which it was made."""
    for text in opened_texts():
        pattern = masked(text)
        if sum(map(str.isalpha, pattern)) > 1:
            team_glosses.use([compiled(pattern, {"en": "this"})])
            assert team_glosses.find(text) == {"en": "this"}, (text, pattern)


def test_without_a_database(tmp_path: Path, database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One sentence, and none is made."""
    monkeypatch.setenv("DATABASE_PATH", str(tmp_path / "none.db"))
    code, output = run()
    assert code == 2
    assert "There is no database at" in output
    assert not (tmp_path / "none.db").exists()
    assert run("--language", "fr")[1].startswith("pandabot: there is no language 'fr'; choose one of en, zh_CN, th")


def test_nothing_stored(tmp_path: Path) -> None:
    """An empty database has nothing to list."""
    path = tmp_path / "empty.db"
    store_texts(path, [])
    with closing(open_to_read(path)) as opened:
        counts = coverage(opened, "en", 10)
    assert counts == Coverage(0, 0, [])
    assert sheet(counts) == "text,en,zh_CN,th"


def test_one_text_in_each_language(tmp_path: Path) -> None:
    """A line a language; the text's own, and a text without a gloss, say so; a team's file can be tried."""
    lines = run("show", "海关放行")[1].splitlines()
    assert lines[0] == "en:    Cleared by customs"
    assert lines[1] == "zh_CN: (is written in this language)"
    assert lines[2].startswith("th:    ")
    assert run("show", "嗡嗡嗡")[1].splitlines()[0] == "en:    (no gloss: the text stands alone)"
    file = tmp_path / "own.csv"
    file.write_text('text,en\n海关*,"Customs, good"\n', encoding="utf-8")
    assert run("show", "海关放行", "--glosses", str(file))[1].splitlines()[0] == "en:    Customs, good"


BAD = {
    "": "is empty; its first line is: text,en,zh_CN,th",
    "en,th\n": "line 1: the first line is text and the languages",
    "text\n": "line 1: the first line is text and the languages",
    "text,en,fr\n": "line 1: the first line is text and the languages",
    "text,en,en\n": "line 1: the first line is text and the languages",
    "text,en\n已签收,Delivered, really\n": "line 2: it has 3 cells and the first line 2",
    "text,en\n已签收\n": "line 2: it has 1 cells and the first line 2",
    "text,en\n已签收,Delivered\n**,x\n": "line 3: the text needs at least two letters",
    "text,en\n123*456,x\n": "line 2: the text needs at least two letters",
    "text,en\n,x\n": "line 2: the text needs at least two letters",
    "text,en\n已签收,\n": "line 2: no language has a reading",
    "text,en\n已签收 1,a\n\n已签收 2,b\n": "line 4: the text stands in line 2 already",
    f"text,en\n已签收,{'x' * 201}\n": "line 2: the reading in en has more than 200 characters",
    f"text,en\n{'长' * 601},x\n": "line 2: the text has more than 600 characters",
    'text,en\n已签收,"x\n': "line 2: ",
    "text,en\n"
    + "".join(f"已签收{'啊' * (n // 50)}呀{'呢' * (n % 50)},x\n" for n in range(2_001)): "has more than 2000 lines",
}


@pytest.mark.parametrize("content", BAD, ids=[str(n) for n in range(len(BAD))])
def test_a_bad_file_refuses_to_start(content: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One sentence with the file, the line and what is wrong, from the check and at the start alike."""
    file = tmp_path / "glosses.csv"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(GlossFileError) as error:
        team_glosses.load(file)
    assert BAD[content] in str(error.value)
    assert str(error.value).count("\n") == 0
    code, output = run("check", str(file))
    assert code == 2
    assert BAD[content] in output
    for name, value in {**NEEDED, "GLOSSES": str(file)}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refused:
        load(None)
    assert str(refused.value).startswith(f"GLOSSES: {file}")
    assert not str(refused.value).endswith("..")


def test_the_documents_sample(tmp_path: Path) -> None:
    """The file that docs/gloss.md shows can be used, and fits what it says."""
    lines = (Path(__file__).parents[2] / "docs/gloss.md").read_text(encoding="utf-8").splitlines()
    at = lines.index("    text,en,th")
    file = tmp_path / "sample.csv"
    file.write_text("\n".join(line.strip() for line in lines[at : at + 3]), encoding="utf-8")
    team_glosses.use(team_glosses.load(file))
    assert gloss("快件已由【石桥】称重") == "Weighed at the outlet"
    assert gloss("异常件，已转人工。") == "Problem, a person looks at it"


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    """Missing, a folder, in another encoding, or far too large."""
    with pytest.raises(GlossFileError, match="cannot be read: No such file"):
        team_glosses.load(tmp_path / "none.csv")
    with pytest.raises(GlossFileError, match="cannot be read"):
        team_glosses.load(tmp_path)
    (tmp_path / "gbk.csv").write_bytes("text,en\n已签收,Delivered\n".encode("gbk"))
    with pytest.raises(GlossFileError, match="is not in UTF-8"):
        team_glosses.load(tmp_path / "gbk.csv")
    (tmp_path / "large.csv").write_bytes(b"x" * (team_glosses.LARGEST_FILE + 1))
    with pytest.raises(GlossFileError, match="larger than 2 MB"):
        team_glosses.load(tmp_path / "large.csv")


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        ("已签收", "已签收。", True),
        ("已签收", "快件已签收", False),
        ("*已签收", "快件已签收", True),
        ("已签收*", "已签收，签收人：前台", True),
        ("已*签*收", "已收签", False),
        ("已签*签收", "已签收", False),  # the parts may not share characters
        ("取件码 12-3", "取件码 987-65", True),
        ("取件码 12-3", "取件码 AB", False),
        ("Out For Delivery", "out for  delivery", True),
        ("已簽收", "已签收", True),
        ("已签收", "【已签收】", True),
        ("*" * 500 + "签收", "快" * 3_000 + "签收人", False),
        ("签收" + "*快" * 250, "签收" + "快" * 200, False),
    ],
)
def test_patterns(pattern: str, text: str, *, fits: bool) -> None:
    """``*`` is any run of characters, digits are any number, widths and traditional characters do not matter."""
    team_glosses.use([compiled(pattern, {"en": "x"})])
    assert (team_glosses.find(text) is not None) is fits
