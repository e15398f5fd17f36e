#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Goes through the system calls of qmail-local:

    local_walk.py kill:maildir errno:mbox:3 short:forward ...

KIND is maildir, mbox, forward, program or all (a .qmail file with everything).
kill: KILL before every call (or every Nth: kill:KIND:N); errno: each call
fails, for four reasons; short: each read and write is a short one. After each
point: success is only reported for what is there in full, trouble is never
permanent, what was there before is untouched, and the next delivery brings the
message, whole.
"""
import os
import subprocess
import sys
import time

import instance

ERRORS = ("ENOSPC", "EIO", "EINTR", "EMFILE")
DOTQMAIL = {
    "maildir": "./md/\n",
    "mbox": "./mb\n",
    "forward": "&bob@r.example\n",
    "program": "|cat >>out/copy.$$ && mv out/copy.$$ out/done.$$\n",
}
DOTQMAIL["all"] = "".join(DOTQMAIL.values())
BODY = "".join("line %d of the message\n" % i for i in range(9000))
MESSAGE = ("Subject: walk\nX-Ledger: 1\n\nFrom the start\n" + BODY).encode()
BEFORE = b"From joe Thu Jan  1 00:00:00 1970\nSubject: old\n\nold\n\n"


class Walk:
    def __init__(self, kind):
        self.kind = kind
        self.system = s = instance.Instance(split=3)
        self.box = s.home + "/user"
        for name in ("/md/new", "/md/tmp", "/md/cur", "/out"):
            os.makedirs(self.box + name)
        self.message = s.home + "/message"
        with open(self.message, "wb") as out:
            out.write(b"Received: (qmail 1 invoked)\n" + MESSAGE)
        with open(self.box + "/.qmail", "w") as out:
            out.write(DOTQMAIL[kind])

    def close(self):
        self.system.remove()

    def deliver(self, *options):
        argv = [instance.BIN + "/qmail-local", "--", "user", self.box, "user",
                "", "", "local.example", "joe@a.example", "./Mailbox"]
        if options:
            argv = [instance.TESTBIN + "/killwalk", "-c", "qmail-local",
                    *options] + argv
        with open(self.message, "rb") as data:
            p = subprocess.run(argv, stdin=data, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, env=self.system.env,
                               check=False, timeout=20)
        return p.returncode

    # ---- what is there ------------------------------------------------------

    def empty(self):
        for folder in ("/md/new/", "/md/tmp/", "/out/"):
            for name in os.listdir(self.box + folder):
                os.unlink(self.box + folder + name)
        with open(self.box + "/mb", "wb") as out:
            out.write(BEFORE)
        s = self.system
        for kind in ("mess", "intd", "todo", "pid"):
            for path in s.files(kind):
                os.unlink(path)

    @staticmethod
    def has(data, what):
        assert what in data, "only a part is there"
        return 1

    def in_maildir(self):
        n = 0
        for name in os.listdir(self.box + "/md/new"):
            with open(self.box + "/md/new/" + name, "rb") as data:
                n += self.has(data.read(), MESSAGE)
        return n

    def in_mbox(self):
        """Whole messages, as a reader finds them."""
        with open(self.box + "/mb", "rb") as data:
            text = data.read()
        assert text.startswith(BEFORE), "old mail was touched"
        parts = (b"\n" + text).split(b"\n\nFrom ")[1:]
        quoted = MESSAGE.replace(b"\nFrom ", b"\n>From ")
        return sum(part + b"\n" == part[:part.find(b"Subject")] + quoted
                   for part in (p.rstrip(b"\n") for p in parts))

    def in_queue(self):
        n = 0
        for path in self.system.files("todo"):
            number = int(os.path.basename(path))
            with open("%s/mess/%d/%d" % (self.system.queue, number % 3,
                                         number), "rb") as data:
                n += self.has(data.read(), MESSAGE)
            with open(path, "rb") as data:
                self.has(data.read(), b"\0Fjoe@a.example\0Tbob@r.example\0")
        return n

    def from_program(self):
        n = 0
        for name in os.listdir(self.box + "/out"):
            if name.startswith("done"):
                with open(self.box + "/out/" + name, "rb") as data:
                    n += self.has(data.read(), MESSAGE)
        return n

    def copies(self):
        counts = {"maildir": self.in_maildir(), "mbox": self.in_mbox(),
                  "forward": self.in_queue(), "program": self.from_program()}
        if self.kind == "all":
            return list(counts.values())
        return [counts[self.kind]]

    # ---- points -------------------------------------------------------------

    def point(self, *options):
        self.empty()
        status = self.deliver(*options)
        first = self.copies()
        self.system.check_queue("-q")
        if status == 0:
            assert all(n == 1 for n in first), "success without %s" % first
        else:
            assert status in (111, 137), "exit %d" % status
            assert all(n <= 1 for n in first), first
        if options[0] == "-e" and status == 111 and self.kind == "mbox":
            size = os.path.getsize(self.box + "/mb")
            if options[1].split(":")[0] not in self.too_late:
                assert size == len(BEFORE), "half a message was left"
        status = self.deliver()
        assert status == 0, "next delivery: exit %d" % status
        both = self.copies()
        assert both == [n + 1 for n in first], (first, both)

    def calls(self):
        trace = self.system.home + "/trace"
        self.empty()
        assert self.deliver("-o", trace) == 0
        assert all(n == 1 for n in self.copies()), self.copies()
        with open(trace) as data:
            names = [line.split() for line in data]
        self.too_late = [n[0] for n in names if n[1] == "close"]
        return [(int(n[0]), n[1]) for n in names]

    def walk(self, form, step=1, only=None):
        calls = self.calls()
        if form[0] == "-e":
            # before this no program of any language could help itself
            calls = calls[[c[1] for c in calls].index("chdir"):]
            # fails in a way of its own, without an errno
            calls = [c for c in calls if c[1] != "brk"]
        calls = [c for c in calls if only is None or c[1] in only]
        step = int(step)
        at = int(time.time()) % step if step > 1 else 0
        done = 0
        for number, name in calls[at::step]:
            options = [word % number if "%" in word else word
                       for word in form]
            try:
                self.point(*options)
            except (AssertionError, subprocess.TimeoutExpired) as e:
                raise AssertionError("%s: %s %s: %s" % (
                    self.kind, name, " ".join(options), e)) from e
            done += 1
        print("%s: %s at %d of %d calls" % (
            self.kind, form, done, len(calls)))


def run(kind, *walks):
    w = Walk(kind)
    try:
        for args in walks:
            w.walk(*args)
    finally:
        w.close()


def kill(kind, step=1):
    run(kind, (("-b", "%d"), step))


def errno(kind, step=1):
    run(kind, *((("-e", "%d:" + error), step) for error in ERRORS))


def short(kind):
    run(kind, (("-r", "%d"), 1, ("read", "write", "pread64")))


if __name__ == "__main__":
    if subprocess.run([instance.TESTBIN + "/killwalk", "true"],
                      stderr=subprocess.DEVNULL).returncode != 0:
        print("skip")
        sys.exit(0)
    instance.main({"kill": kill, "errno": errno, "short": short})
