#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Checks the sizes that the design fixes.

usage: limits.py MAIN.c... -- FILE...

MAIN.c: files that hold a program's main. Fails, naming file and line, when a
main file has more than 60 lines of code, a function more than 60 lines, a file
more than 600, when more than a quarter of the C files have over 300, when the
median function has more than 15, when a file lacks its licence line, when the
include guard of a header is not its path, or when a call is used that this
project does not allow.
"""
import re
import statistics
import sys

MAIN_MAX, FUNCTION_MAX, FILE_MAX, FILE_AIM, MEDIAN_MAX = 60, 60, 600, 300, 15
FORBIDDEN = re.compile(
    r"\b(system|popen|strcpy|strcat|sprintf|vsprintf|gets|atoi|atol|atoll|"
    r"strtok|mktemp|tmpnam|tempnam|alloca|pthread_create|setlocale)\s*\(")


def functions(lines):
    """(name line number, lines between the braces) of each function: a brace
    alone in column 0 opens it, the next one closes it."""
    start = None
    for number, line in enumerate(lines, 1):
        if line == "{":
            start = number
        elif line == "}" and start is not None:
            yield start, number - start - 1
            start = None


def strip_comments(text):
    return re.sub(r"/\*.*?\*/", lambda m: "\n" * m.group(0).count("\n"), text,
                  flags=re.S)


def main():
    split = sys.argv.index("--")
    mains, files = set(sys.argv[1:split]), sys.argv[split + 1:]
    problems, lengths, long_files, sources = [], [], 0, 0
    for name in files:
        with open(name, encoding="utf-8") as f:
            text = f.read()
        lines = text.split("\n")
        product = name.startswith(("lib/", "mta/", "tools/"))
        if "SPDX-License-Identifier: ISC" not in lines[0]:
            problems.append(f"{name}:1: no licence line")
        if len(lines) - 1 > FILE_MAX:
            problems.append(f"{name}: {len(lines) - 1} lines, "
                            f"at most {FILE_MAX}")
        if product and name.endswith(".c"):
            sources += 1
            long_files += len(lines) - 1 > FILE_AIM
        for start, n in functions(lines):
            if product:
                lengths.append(n)
            if n > FUNCTION_MAX:
                problems.append(f"{name}:{start}: function of {n} lines, "
                                f"at most {FUNCTION_MAX}")
        guard = re.sub(r"\W", "_", name.removeprefix("lib/")).upper()
        if name.endswith(".h") and f"#ifndef {guard}\n#define {guard}\n" \
                not in text:
            problems.append(f"{name}: include guard is not {guard}")
        if name in mains:
            code = [l for l in strip_comments(text).split("\n")
                    if l.strip() and not l.startswith("#")]
            if len(code) > MAIN_MAX:
                problems.append(f"{name}: main file of {len(code)} lines of "
                                f"code, at most {MAIN_MAX}")
        if product:
            for number, line in enumerate(
                    strip_comments(text).split("\n"), 1):
                hit = FORBIDDEN.search(re.sub(r'"(\\.|[^"\\])*"', '""', line))
                if hit:
                    problems.append(f"{name}:{number}: {hit.group(1)}() is "
                                    "not used here")
    if sources and long_files * 4 > sources:
        problems.append(f"{long_files} of {sources} C files have more than "
                        f"{FILE_AIM} lines, at most a quarter may")
    if lengths and statistics.median(lengths) > MEDIAN_MAX:
        problems.append(f"median function has {statistics.median(lengths)} "
                        f"lines, at most {MEDIAN_MAX}")
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
