#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Walks through the system calls of qmail-send: send_walk.py ACTION [EVERY].

ACTION: kill (before and after each call), or the name of an errno. EVERY: only
each EVERYth call. A message with one recipient that is delivered and one that
fails goes through a qmail-send which is disturbed at its nth call, then through
one that is not. Nothing may be lost whatever n is: the recipient is delivered
to (twice at most), the sender gets a notice, and the queue ends empty."""
import os
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from send_world import World, exists, message, path  # noqa

KILLWALK = os.environ["TESTBIN"] + "/killwalk"
# with the arguments they get; and a close() that fails has closed all the same
CANNOT_FAIL = ("rt_sigaction", "rt_sigprocmask", "close")
world = None


class Run:
    """One life of qmail-send. patience: seconds without an event after which
    it is told to end."""

    def __init__(self, number, wrap, patience):
        global world
        self.w = world = World(wrap=wrap)
        self.number, self.delivered = number, 0
        quiet = begun = time.monotonic()
        while "log" in self.w.ins.values():
            if self.w.step(0.02):
                quiet = time.monotonic()
                self.answer()
            elif self.is_over(time.monotonic() - quiet, patience):
                self.w.close("local")  # it ends by itself
                quiet = time.monotonic() + 5
            assert time.monotonic() - begun < 45, \
                "does not end\n" + "\n".join(self.w.log)
        self.w.process.wait()
        self.w.kill()

    def is_over(self, idle, patience):
        """The message has gone, or nothing moves any more."""
        return idle > patience or (
            idle > 0.05 and not exists("info", self.number))

    def answer(self):
        for who, text in (("local", b"Kok\n"), ("remote", b"Dno\n")):
            while self.w.commands[who]:
                c = self.w.commands[who].pop(0)
                self.delivered += who == "local"
                if self.w.out.get(who) is not None:
                    self.w.report(who, c[0], text)


def walk_one(wrap, first_patience=0.15):
    # a child of a qmail-send that was killed may still be writing a notice of
    # the walk before
    mark = b"Subject: %d\n" % time.monotonic_ns()
    number = message(local=[b"a@l"], remote=[b"b@r"], body=mark)
    runs = [Run(number, wrap, first_patience)]
    if exists("info", number):
        # what could not be read was put off, and the new time written down
        for kind in ("local", "remote"):
            if exists(kind, number):
                os.utime(path(kind, number), (0, 0))
        runs.append(Run(number, (), 20))
    delivered = sum(r.delivered for r in runs)
    notices = [b for b in runs[0].w.bounces()
               if mark in b[1] and b"<b@r>:\nno\n" in b[1]]
    shown = "\n".join("\n".join(r.w.log) for r in runs)
    assert 1 <= delivered <= 2, "delivered %d times\n%s" % (delivered, shown)
    assert 1 <= len(notices) <= 2, "%d notices\n%s" % (len(notices), shown)
    for kind in ("info", "local", "remote", "bounce"):
        assert not exists(kind, number), "%s is left\n%s" % (kind, shown)


def list_calls():
    with tempfile.NamedTemporaryFile() as trace:
        walk_one([KILLWALK, "-o", trace.name], 1)
        return [line.decode().split()[1] for line in trace]


def main():
    action, every = sys.argv[1], int(sys.argv[2]) if sys.argv[2:] else 1
    if subprocess.run([KILLWALK, "-b", "99999", "true"]).returncode == 77:
        print("skip")
        return
    try:
        calls, only = list_calls(), []
        if action != "kill":
            names = sorted(set(calls) - set(CANNOT_FAIL))
            calls = [name for name in calls if name in names]
            only = ["-t", ",".join(names)]
        for n in range(1, len(calls) + 1, every):
            options = [["-b", str(n)], ["-a", str(n)]] if action == "kill" \
                else [only + ["-e", "%d:%s" % (n, action)]]
            for option in options:
                try:
                    walk_one([KILLWALK] + option)
                except AssertionError as problem:
                    sys.exit("%s: %s" % (" ".join(option), problem))
    finally:
        if world is not None:
            world.kill()


main()
