#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The count at the end of ./dev test tells the truth."""
import contextlib
import io
import json
import os
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
import tally  # noqa: E402


def record(stdout, result="OK"):
    return {"name": "a test", "result": result, "stdout": stdout}


class Count(unittest.TestCase):
    def test_a_check_runner_counts_by_its_closing_line(self):
        self.assertEqual(tally.count(record("Running suite(s): a\n100%: Checks: 12, Failures: 0, Errors: 0\n")), (12, 0))

    def test_failures_and_errors_both_count_as_failed(self):
        self.assertEqual(tally.count(record("50%: Checks: 6, Failures: 2, Errors: 1\n", "FAIL")), (3, 3))

    def test_a_crash_after_good_checks_is_a_failure(self):
        self.assertEqual(tally.count(record("100%: Checks: 3, Failures: 0, Errors: 0\n", "ERROR")), (3, 1))

    def test_no_checks_at_all_is_a_failure(self):
        self.assertEqual(tally.count(record("100%: Checks: 0, Failures: 0, Errors: 0\n")), (0, 1))

    def test_a_program_without_a_closing_line_is_one_test(self):
        self.assertEqual(tally.count(record("fine\n")), (1, 0))
        self.assertEqual(tally.count(record("", "TIMEOUT")), (0, 1))

    def test_a_skipped_test_counts_as_nothing(self):
        self.assertEqual(tally.count(record("", "SKIP")), (0, 0))


class Total(unittest.TestCase):
    def run_over(self, *logs):
        """(exit code, what was printed) over logs, each a list of records or None for a missing file."""
        with tempfile.TemporaryDirectory() as folder:
            arguments = []
            for number, records in enumerate(logs):
                path = os.path.join(folder, f"{number}.json")
                if records is not None:
                    with open(path, "w", encoding="utf-8") as log:
                        log.writelines(json.dumps(each) + "\n" for each in records)
                arguments.append(f"log{number}={path}")
            printed = io.StringIO()
            with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(io.StringIO()):
                code = tally.main(arguments)
            return code, printed.getvalue().splitlines()

    def test_the_last_line_sums_all_logs(self):
        five = [record("100%: Checks: 5, Failures: 0, Errors: 0\n")]
        code, lines = self.run_over(five, five)
        self.assertEqual((code, lines[-1]), (0, "10 passed, 0 failed"))

    def test_what_failed_says_why(self):
        said = "Running suite(s): a\na.c:7:F:b:c:0: no\nhere\n50%: Checks: 2, Failures: 1, Errors: 0\n"
        long = {**record("".join(f"{line}\n" for line in range(100)), "ERROR"), "stderr": "the end\n"}
        code, lines = self.run_over([record(said, "FAIL"), record("fine\n"), long])
        self.assertEqual((code, lines[:3]), (1, ["  failed: a test (FAIL)", "    a.c:7:F:b:c:0: no",
                                                 "  failed: a test (ERROR)"]))
        self.assertEqual((lines[3], lines[22], lines[23][:4]), ("    81", "    the end", "log0"))

    def test_a_missing_log_is_a_failure(self):
        code, lines = self.run_over([record("")], None)
        self.assertEqual((code, lines[-1]), (1, "1 passed, 1 failed"))

    def test_nothing_run_is_a_failure(self):
        code, lines = self.run_over([])
        self.assertEqual((code, lines[-1]), (1, "0 passed, 0 failed"))


if __name__ == "__main__":
    program = unittest.main(exit=False, argv=sys.argv[:1], testRunner=unittest.TextTestRunner(stream=sys.stdout))
    ran, bad = program.result.testsRun, len(program.result.failures)
    errors = len(program.result.errors)
    good = (ran - bad - errors) * 100 // ran if ran else 0
    print(f"{good}%: Checks: {ran}, Failures: {bad}, Errors: {errors}")
    sys.exit(0 if ran and program.result.wasSuccessful() else 1)
