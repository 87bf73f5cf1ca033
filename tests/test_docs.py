"""What README and docs show is true: generated pages are current, commands and snippets run, links lead somewhere."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]

#: Commands that set the machine up or call the whole of what runs here.
NOT_RUN = ("make ", "pip ", "python3.11 -m venv", "sh examples/demo.sh", "ruff check", "pre-commit")


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A folder with the examples in it, as a user has it."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    return tmp_path


def environment() -> dict[str, str]:
    tools = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    return {**os.environ, "PATH": tools, "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}


def test_generated_pages_are_current() -> None:
    from docs.generate import FOLDER, pages

    made = pages()
    for name, text in made.items():
        assert (FOLDER / name).read_text(encoding="utf-8") == text, f"{name}: run python -m docs.generate"
    for folder in ("findings", "losses"):
        there = {path.relative_to(FOLDER).as_posix() for path in (FOLDER / folder).rglob("*.md")}
        assert there == {name for name in made if name.startswith(f"{folder}/")}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if not target.startswith(("http://", "https://")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


@pytest.mark.parametrize("name", ["README.md", "docs/command-line.md", "docs/training.md"])
def test_commands_run_as_shown(name: str, copied: Path) -> None:
    shown = "\n".join(blocks(ROOT / name, "sh")).replace("\\\n", " ")
    commands = [line for line in shown.splitlines() if line.strip()]
    commands = [line for line in commands if not line.startswith(NOT_RUN)]
    assert commands
    for line in commands:
        if line == "python train.py":  # as it is, but for two steps only
            line += " --max_steps 2"
        if line.startswith("advisor train ") and "--max-steps" not in line:
            line += " --max-steps 2"
        done = subprocess.run(line, shell=True, cwd=copied, env=environment(), capture_output=True, text=True)
        assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"


@pytest.mark.parametrize("name", ["README.md", "docs/command-line.md"])
def test_snippets_run_as_shown(name: str, copied: Path) -> None:
    snippets = blocks(ROOT / name, "python")
    assert snippets
    for snippet in snippets:
        done = subprocess.run(
            [sys.executable, "-c", snippet], cwd=copied, env=environment(), capture_output=True, text=True
        )
        assert done.returncode == 0, f"{snippet}\n{done.stderr}"


def test_the_commands_of_make_are_there() -> None:
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    shown = {
        line.split()[1]
        for page in PAGES
        for block in blocks(page, "sh")
        for line in block.splitlines()
        if line.startswith("make ")
    }
    assert {"demo", "test"} <= shown <= targets


def test_the_version_is_told_once() -> None:
    import advisor

    assert f'version = "{advisor.__version__}"' in (ROOT / "pyproject.toml").read_text()
    assert f"## {advisor.__version__}" in (ROOT / "CHANGELOG.md").read_text()
