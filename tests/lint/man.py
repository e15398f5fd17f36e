#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Checks the manual pages.

usage: man.py BIN PAGE...

BIN: folder of the built programs. Fails, naming the page, when mandoc has an
error or a warning, when a section that every page of a program needs is
missing, when a program has no page, and when the options and verbs of a page
are not those that the program names with --help. That is asked only of
programs whose main file has an option table: the others would do their work.
"""
import glob
import os
import re
import subprocess
import sys

SECTIONS = ("EXIT STATUS", "FILES", "EXAMPLES")


def read(name):
    with open(name, encoding="utf-8") as f:
        return f.read()


def table_programs():
    """Names of the programs that have an option table."""
    for module in glob.glob("mta/*/module.mk") + glob.glob("tools/*/module.mk"):
        for name, main in re.findall(r"\(call program,([^,]+),([^,)]+\.c)",
                                     read(module)):
            if "options_begin(" in read(main):
                yield name


def help_entries(text):
    """Options {"--home": "dir"} and verbs {"init"} of the text of --help."""
    options, verbs = {}, set()
    for line in text.split("\n\n", 2)[-1].split("\n"):
        m = re.match(r"  (?:(-\w), )?(--[\w-]+)(?:\[?[ =]([^\]\s]+)\]?)?", line)
        if m:
            for form in filter(None, m.group(1, 2)):
                options[form] = (m.group(3) or "").lower()
            continue
        m = re.match(r"  (\w.*?)(?:  |$)", line)
        if m:
            verbs.update(w for w in re.split(r"[ ,]+", m.group(1))
                         if re.fullmatch("[a-z]+", w))
    return options, verbs


def page_entries(text):
    """The same of the item lines of a page."""
    options, verbs = {}, set()
    for line in re.findall(r"^\.It (.*)", text, flags=re.M):
        forms = re.findall(r"Fl (\S+)", line)
        value = re.search(r"Ar (\S+)", line)
        for form in forms:
            options["-" + form] = value.group(1).lower() if value else ""
        if line.startswith("Cm "):
            verbs.update(re.findall(r"[a-z]+", line.split(" Ar ")[0][3:]))
    return options, verbs


def compare(page, text, help_text):
    """Problems of one page."""
    here, here_verbs = page_entries(text)
    there, there_verbs = help_entries(help_text)
    for form in sorted(there.keys() - here.keys()):
        yield f"{page}: does not describe {form}"
    for form in sorted(here.keys() - there.keys()):
        yield f"{page}: describes {form}, which --help does not name"
    for form in sorted(here.keys() & there.keys()):
        if here[form] != there[form]:
            yield f"{page}: {form} {here[form]}, in --help {there[form]}"
    for verb in sorted(here_verbs ^ there_verbs):
        yield f"{page}: the verb {verb} stands only there or only in --help"


def check_page(page, text):
    run = subprocess.run(["mandoc", "-Tlint", "-Wwarning", page],
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                         text=True, check=False)
    yield from run.stdout.splitlines()
    if page[-1] in "18":
        for section in SECTIONS:
            if f"\n.Sh {section}\n" not in text:
                yield f"{page}: no section {section}"


def main():
    folder, pages = sys.argv[1], sys.argv[2:]
    texts = {page: read(page) for page in pages}
    problems, tables = [], set(table_programs())
    for page, text in texts.items():
        problems += check_page(page, text)
    for name in sorted(os.listdir(folder)):
        page = next((p for p, text in texts.items() if re.search(
            rf"^\.Nm {re.escape(name)}( ,)?$", text, re.M)), None)
        if page is None:
            problems.append(f"{name}: no page names this program")
        elif name in tables:
            shown = subprocess.run([os.path.join(folder, name), "--help"],
                                   stdout=subprocess.PIPE, text=True,
                                   check=True).stdout
            problems += compare(page, texts[page], shown)
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
