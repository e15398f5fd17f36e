#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Compares what was accepted with what arrived.

usage: ledger.py ACCEPTED MAILDIR... [--doubles N] [--count]
       ledger.py ACCEPTED --taken FILE [--doubles N] [--count]

ACCEPTED: lines with the numbers of accepted messages. Each must stand exactly
once in the field X-Ledger of a message in MAILDIR/new, or at the beginning of a
line of FILE, which the sinkserver wrote; at most N messages may have arrived
twice. A message that arrived without being in ACCEPTED counts as
accepted (the injector was killed before it could note it). --count only prints
how many different messages have arrived. Exit 0 when the books balance.
"""
import os
import sys


def number_of(path):
    with open(path, "rb") as f:
        for line in f:
            if line.startswith(b"X-Ledger: "):
                return int(line[10:])
            if line == b"\n":
                break
    return None


def numbers(maildirs, taken):
    if taken is not None:
        with open(taken, encoding="ascii") as f:
            yield from (int(line.split()[0]) for line in f)
    for maildir in maildirs:
        new = os.path.join(maildir, "new")
        yield from (number_of(os.path.join(new, name))
                    for name in os.listdir(new))


def main(argv):
    args, doubles, count, taken = [], 0, False, None
    words = iter(argv)
    for word in words:
        if word == "--doubles":
            doubles = int(next(words))
        elif word == "--count":
            count = True
        elif word == "--taken":
            taken = next(words)
        else:
            args.append(word)
    arrived = {}
    for number in numbers(args[1:], taken):
        arrived[number] = arrived.get(number, 0) + 1
    if count:
        print(len(arrived))
        return 0
    with open(args[0], encoding="ascii") as f:
        accepted = [int(line) for line in f]
    lost = sorted(set(accepted) - set(arrived))
    extra = sum(n - 1 for n in arrived.values())
    print(f"accepted {len(set(accepted))}, arrived {len(arrived)}, "
          f"lost {len(lost)}, arrived again {extra}")
    if lost:
        print("lost:", *lost[:20])
    if len(accepted) != len(set(accepted)):
        print("a number was accepted twice: broken test")
        return 1
    return 1 if lost or extra > doubles or None in arrived else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
