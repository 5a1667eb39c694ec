"""Tests that are functions, reported as TAP."""

import sys
import traceback

TESTS = []


def test(name):
    """Makes a function a test."""

    def add(function):
        TESTS.append((name, function))
        return function

    return add


def check(condition, message):
    """Fails the test with a message unless the condition holds."""
    if not condition:
        raise AssertionError(message)


def equal(found, wanted, what="value"):
    """Fails the test unless the two are equal."""
    check(found == wanted, f"{what} is {found!r}, wanted {wanted!r}")


def raises(kind, message, function, *arguments):
    """Fails the test unless the function raises an exception that says the message."""
    try:
        function(*arguments)
    except kind as error:
        check(message in str(error), f"it said '{error}', wanted '{message}'")
    else:
        raise AssertionError(f"nothing was wrong; wanted '{message}'")


def run():
    """Runs all tests; the exit status is 1 if one failed."""
    print(f"1..{len(TESTS)}")
    failed = 0
    for number, (name, function) in enumerate(TESTS, 1):
        try:
            function()
        except Exception as error:  # whatever goes wrong in a test is that test's failure
            failed += 1
            print(f"not ok {number} - {name}")
            lines = [str(error)] if isinstance(error, AssertionError) else traceback.format_exc().splitlines()
            print("\n".join(f"# {line}" for line in lines))
        else:
            print(f"ok {number} - {name}")
        sys.stdout.flush()
    sys.exit(failed > 0)
