"""The arrows of the house: the contracts of setup.cfg find what is wrong, and what no contract can say stands here."""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house import sources

LINT = ["-c", "from importlinter.cli import lint_imports_command as main; main()"]
HOUSE, ROOMS, DOORS = "The house", "The rooms", "The doors"
WRONG = {
    "the domain asks a workshop": ("domain/clock.py", "import server.storage", HOUSE),
    "the domain logs": ("domain/clock.py", "import server.logs", "The domain"),
    "the domain uses a library": ("domain/ids.py", "import msgspec", "The domain"),
    "a room looks up": ("domain/help/lines.py", "import server.domain.people", ROOMS),
    "a room looks at its neighbour": ("domain/booking/__init__.py", "import server.domain.publishing", ROOMS),
    "a room without a place": ("domain/leftovers.py", "", ROOMS),
    "a module without a place": ("leftovers.py", "", HOUSE),
    "a workshop looks at its neighbour": ("media/__init__.py", "import server.storage", HOUSE),
    "a workshop looks up at a door": ("storage/__init__.py", "import server.web", HOUSE),
    "a door looks at the other": ("jobs/__init__.py", "import server.web", HOUSE),
    "a door goes past the domain": ("web/__init__.py", "import server.storage", DOORS),
    "a door of the clock goes past the domain": ("jobs/__init__.py", "import server.vault", DOORS),
    "a door reads settings": ("web/__init__.py", "import server.settings", "Only those who start things"),
    "a leaf knows the house": ("metrics.py", "import server.domain", "Settings, logs and metrics"),
    "a leaf knows a leaf": ("logs.py", "import server.settings", "Settings, logs and metrics"),
    "the simulator looks at us": ("simulator/__init__.py", "import server.wechat", "The simulator"),
    "we look at the simulator": ("wechat/__init__.py", "import server.simulator", "Nothing of ours"),
    "a driver leaves storage": ("web/__init__.py", "import motor", "The drivers"),
    "wechatpy leaves wechat": ("media/__init__.py", "import wechatpy", "wechatpy"),
    "streaq leaves the worker": ("jobs/__init__.py", "import streaq", "streaq"),
}


def broken(folder: Path) -> list[str]:
    """The contracts that import-linter finds broken in the house that stands in this folder."""
    ended = subprocess.run(
        [sys.executable, *LINT, "--no-cache", "--config", "setup.cfg"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "COLUMNS": "200"},
    )
    told = [line.strip() for line in ended.stdout.splitlines()]
    assert any(line.startswith("Contracts:") for line in told), ended.stdout + ended.stderr
    return [line for line in told if " BROKEN" in line]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The house once more, to be spoilt."""
    leave = shutil.ignore_patterns("__pycache__", "phone")
    shutil.copytree(sources.ROOT / "server", tmp_path / "server", ignore=leave)
    shutil.copy(sources.ROOT / "setup.cfg", tmp_path)
    return tmp_path


def test_the_arrows_hold(copy: Path):
    assert broken(copy) == []


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_arrow_is_found(copy: Path, wrong: str):
    name, line, contract = WRONG[wrong]
    page = copy / "server" / name
    page.write_text(f"{page.read_text(encoding='utf-8') if page.exists() else ''}\n{line}\n", encoding="utf-8")
    assert any(told.startswith(contract) for told in broken(copy))


def test_the_domain_imports_the_standard_library_and_itself():
    foreign = [
        f"{source.path}: {name}"
        for source in sources.of("server/domain")
        for name in source.imports()
        if name.split(".")[0] not in sys.stdlib_module_names and not name.startswith("server.domain")
    ]
    assert foreign == []


def test_no_import_hides_in_a_function():
    hidden = [
        source.where(node)
        for source in sources.of("server")
        for function in source.functions()
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert hidden == []
