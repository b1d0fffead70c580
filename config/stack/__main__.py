"""The command line behind bin/demo, bin/test, bin/lint and bin/manage."""

import os
import sys

from config.stack import demo, linting, testing
from config.stack.folders import ROOT, StackError, stack_folders


def main(arguments: list[str]) -> int:
    purpose, *rest = arguments
    if purpose == "demo":
        return demo.demo(rest)
    if purpose == "test":
        return testing.test(rest)
    if purpose == "lint":
        return linting.lint(rest)
    manage(rest)
    return 0


def manage(arguments: list[str]) -> None:
    """Replaces this process with manage.py, connected to this checkout's stack as the owner of the tables."""
    environment = demo.environment(stack_folders(demo.var_folder())) | {"LAMPLIGHTER_DATABASE_ROLE": "owner"}
    os.execve(sys.executable, [sys.executable, str(ROOT / "manage.py"), *arguments], environment)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except StackError as error:
        sys.exit(f"lamplighter: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
