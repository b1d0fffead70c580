"""The command line behind bin/demo, bin/test, bin/lint and bin/manage."""

import sys

from config.stack import testing
from config.stack.folders import StackError


def main(arguments: list[str]) -> int:
    name, *rest = arguments
    if name == "test":
        return testing.test(rest)
    raise StackError(f"No such command: {name}.")


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except StackError as error:
        sys.exit(f"lamplighter: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
