"""The command line: `python -m server …`, installed as `xinyi`; one file a noun, found by its name."""

import importlib
import os
import pkgutil
from typing import Any

import click

from server import embedded, logs, settings
from server.domain.refusals import Refusal

os.environ.setdefault("MOTOR_MAX_WORKERS", "64")  # motor reads it when it is imported; its default starves a process


class Said(click.ClickException):
    """Ends a command with 1 and a sentence that the reader can act on, instead of a traceback."""

    def show(self, file: Any = None) -> None:  # noqa: ANN401  as click has it
        """Write the sentence as it is."""
        click.echo(self.message, file=file, err=file is None)


class Broken(Said):
    """Ends a command with 2: it could not even begin."""

    exit_code = 2


class Nouns(click.Group):
    """A group whose commands are the modules of this package; each has its own in `command`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the nouns, by their files; a file whose name begins with `_` is none."""
        return sorted(module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of a noun; only its own file is loaded."""
        if cmd_name not in self.list_commands(ctx):
            return None
        found: click.Command = importlib.import_module(f"{__name__}.{cmd_name}").command
        return found

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401  as click has it
        """Run the command; a bad setting ends it with 2, a refusal with 1, each with its sentence."""
        try:
            return super().invoke(ctx)
        except settings.BadSetting as bad:
            raise Broken(bad.sentence) from None
        except Refusal as refusal:
            raise Said(refusal.sentence) from None


def ground(role: str) -> settings.Settings:
    """Return the settings this process stands on, and begin its log under `role`.

    Where a `xinyi run` holds the same data folder, what that run stands on fills in what the environment leaves
    open: its servers, its simulator, its clock, its keys. Raises `BadSetting`.
    """
    data = settings.read({"XINYI_DATA": os.environ.get("XINYI_DATA", "")}).data
    given = {name: value for name, value in os.environ.items() if value.strip()}
    found = settings.read({**embedded.standing(data), **given})
    if not found.mongo_url or not found.redis_url:
        raise settings.BadSetting(
            "XINYI_MONGO_URL",
            f"{data} 那里没有正在运行的心驿。先用 make run 启动，或写好 XINYI_MONGO_URL 和 XINYI_REDIS_URL；"
            "数据目录不在默认处时用 XINYI_DATA 指明。",
        )
    logs.start(role, found.log)
    return found


@click.group(cls=Nouns, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """心驿：工会的职工心理关爱服务。"""
