"""Runs every check and every test, prints the minutes of each part, and closes with how many passed and failed."""

# ruff: noqa: T201  its parts are told on the terminal

import argparse
import subprocess
import sys
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree as ET

ROOT = Path(__file__).resolve().parent.parent
REPORT = ROOT / "build" / "tests.xml"
CHECKS = {
    "ruff": ["-m", "ruff", "check", "."],
    "mypy": ["-m", "mypy"],
    "contracts": ["-c", "from importlinter.cli import lint_imports_command as main; main()"],
}


@dataclass
class Part:
    """One part of the run: how long it took and what came of it."""

    name: str
    seconds: float
    counts: dict[str, int] = field(default_factory=dict)

    def line(self) -> str:
        """The part as a row of the table."""
        told = ", ".join(f"{number} {word}" for word, number in self.counts.items() if number)
        return f"  {self.name:<20}{self.seconds / 60:6.1f} min   {told}"


def check(name: str, words: list[str]) -> Part:
    """Run one check; it counts as one that passed or failed."""
    print(f"== {name}", flush=True)
    began = time.monotonic()
    code = subprocess.run([sys.executable, *words], cwd=ROOT, check=False).returncode
    return Part(name, time.monotonic() - began, {"failed" if code else "passed": 1})


def tests(*, soak: bool) -> list[Part]:
    """Run every test, two at a time; returns the whole, then each folder with the seconds its tests took."""
    print("== pytest", flush=True)
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.unlink(missing_ok=True)
    began = time.monotonic()
    chosen = ["-m", "soak or not soak" if soak else "not soak"]
    # A file stays whole, for its tests share what they stand on; stories come first, for they take long.
    spread = ["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]
    command = ["-m", "pytest", *spread, f"--junitxml={REPORT}", *chosen]
    code = subprocess.run([sys.executable, *command], cwd=ROOT, check=False).returncode
    folders = by_folder() if REPORT.exists() else []
    whole = Part("pytest", time.monotonic() - began, total(folders))
    if code and not whole.counts.get("failed"):
        whole.counts["failed"] = 1  # it ended before it could tell of a test
    return [whole, *folders]


def by_folder() -> list[Part]:
    """What pytest wrote, gathered by folder; a test that failed twice over counts once."""
    parts: dict[str, Part] = {}
    for case in ET.parse(REPORT).iter("testcase"):
        name = "  " + "/".join(case.get("classname", "").split(".")[1:2])
        part = parts.setdefault(name, Part(name, 0.0))
        part.seconds += float(case.get("time", "0"))
        word = outcome(case)
        part.counts[word] = part.counts.get(word, 0) + 1
    return [parts[name] for name in sorted(parts)]


def outcome(case: ET.Element) -> str:
    """Whether one test passed."""
    if case.find("failure") is not None or case.find("error") is not None:
        return "failed"
    return "skipped" if case.find("skipped") is not None else "passed"


def total(parts: list[Part]) -> dict[str, int]:
    """The counts of all these parts together."""
    counts: dict[str, int] = defaultdict(int)
    for word in ("passed", "failed", "skipped"):
        for part in parts:
            counts[word] += part.counts.get(word, 0)
    return counts


def main() -> int:
    """Run what was asked for; returns 0 only when nothing failed."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--since", type=float, default=time.time(), help="when the installing began")
    asked.add_argument("--soak", action="store_true", help="with full counts")
    asked.add_argument("--lint", action="store_true", help="checks only")
    given = asked.parse_args()
    parts = [Part("install", time.time() - given.since)]
    parts += [check(name, words) for name, words in CHECKS.items()]
    if not given.lint:
        parts += tests(soak=given.soak)
    counts = total([part for part in parts if not part.name.startswith("  ")])
    print("\n".join(["", *(part.line() for part in parts), ""]))
    skipped = f", {counts['skipped']} skipped" if counts["skipped"] else ""
    print(f"{counts['passed']} passed, {counts['failed']} failed{skipped}")
    return 1 if counts["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
