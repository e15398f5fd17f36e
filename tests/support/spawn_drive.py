#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Plays qmail-send for a spawner: spawn_drive.py [--wide] PROGRAM [ARG...]

Reads its script from standard input, one step a line:

  greeting                      prints "greeting N"
  send N MESS SENDER RECIPIENT  one command ("-" is an empty string)
  many N MESS SENDER RECIPIENT  N commands, numbers 0..N-1, in one write
  raw HEX                       bytes as they are
  fill COUNT BYTE               COUNT times the same byte (two hex digits)
  report COUNT                  prints COUNT reports as "N LETTER TEXT", sorted
                                by number; control bytes as \\xHH, LF as \\n
  quiet SECONDS                 fails if anything comes within that time
  eof                           closes the spawner's standard input
  exit                          prints "exit STATUS"; output must have ended
"""
import os, select, subprocess, sys, time

LIMIT = 30.0  # seconds for any step


def show(text):
    out = []
    for c in text:
        if c == 10:
            out.append("\\n")
        elif 32 <= c < 127:
            out.append(chr(c))
        else:
            out.append("\\x%02x" % c)
    return "".join(out)


class Driver:
    def __init__(self, argv, wide):
        self.width = 2 if wide else 1
        self.child = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.out = self.child.stdout.fileno()
        self.buffer = b""

    def number(self, n):
        return n.to_bytes(self.width, "little")

    def more(self, seconds):
        """True when bytes came, False at the end; dies after the time."""
        ready, _, _ = select.select([self.out], [], [], seconds)
        if not ready:
            sys.exit("spawn_drive: nothing came within %s s" % seconds)
        got = os.read(self.out, 65536)
        self.buffer += got
        return got != b""

    def take_greeting(self):
        while len(self.buffer) < self.width:
            if not self.more(LIMIT):
                sys.exit("spawn_drive: no greeting")
        head, self.buffer = self.buffer[: self.width], self.buffer[self.width :]
        print("greeting", int.from_bytes(head, "little"))

    def take_report(self):
        while True:
            end = self.buffer.find(b"\0", self.width)
            if end != -1:
                break
            if not self.more(LIMIT):
                sys.exit("spawn_drive: end of output instead of a report")
        report, self.buffer = self.buffer[:end], self.buffer[end + 1 :]
        text = report[self.width :]
        return int.from_bytes(report[: self.width], "little"), text[:1], text[1:]

    def command(self, n, mess, sender, recipient):
        fields = [b"" if x == "-" else os.fsencode(x) for x in (mess, sender, recipient)]
        return self.number(n) + b"".join(f + b"\0" for f in fields)

    def write(self, data):
        self.child.stdin.write(data)
        self.child.stdin.flush()

    def quiet(self, seconds):
        ready, _, _ = select.select([self.out], [], [], seconds)
        if self.buffer or ready:
            sys.exit("spawn_drive: output although none was expected")

    def finish(self):
        while self.more(LIMIT):
            pass
        if self.buffer:
            sys.exit("spawn_drive: unread output %s" % show(self.buffer))
        print("exit", self.child.wait(LIMIT))

    def step(self, words):
        verb, args = words[0], words[1:]
        if verb == "greeting":
            self.take_greeting()
        elif verb == "send":
            self.write(self.command(int(args[0]), *args[1:]))
        elif verb == "many":
            self.write(b"".join(self.command(i, *args[1:]) for i in range(int(args[0]))))
        elif verb == "raw":
            self.write(bytes.fromhex(args[0]))
        elif verb == "fill":
            self.write(bytes.fromhex(args[1]) * int(args[0]))
        elif verb == "report":
            for n, letter, text in sorted(self.take_report() for _ in range(int(args[0]))):
                print(n, show(letter), show(text))
        elif verb == "quiet":
            self.quiet(float(args[0]))
        elif verb == "eof":
            self.child.stdin.close()
        elif verb == "exit":
            self.finish()
        else:
            sys.exit("spawn_drive: unknown step %s" % verb)
        sys.stdout.flush()


def main():
    argv = sys.argv[1:]
    wide = argv[0] == "--wide"
    driver = Driver(argv[1:] if wide else argv, wide)
    try:
        for line in sys.stdin:
            words = line.split()
            if words:
                driver.step(words)
    finally:
        if driver.child.poll() is None:
            driver.child.kill()


main()
