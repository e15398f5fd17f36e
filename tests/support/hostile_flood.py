#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Feeds a server program without end and reports how much memory it took.

usage: hostile_flood.py CASE MEGABYTES PROGRAM [ARG...]

PROGRAM gets one end of a socket as descriptors 0 and 1; the other end is sent
the beginning of CASE and then its endless part, MEGABYTES of it or until the
program hangs up. What it answers is read and dropped. Prints "sent N kB, peak
M kB, exit S".

In the cases "reply-..." PROGRAM is a client: it finds the endless server through
$QMAILHOME/control/smtproutes, which is written here.
"""
import os
import socket
import subprocess
import sys
import threading

SESSION = b"EHLO x\r\nMAIL FROM:<x@c.example>\r\n"
DATA = SESSION + b"RCPT TO:<joe@local.example>\r\nDATA\r\n"


def recipients(pattern):
    return lambda i: b"".join(
        pattern % (i * 1000 + n) for n in range(1000))


# what comes once, and what comes again and again (a function of its number)
CASES = {
    "command": (b"", b"x" * 65536),
    "noop": (b"", b"NOOP\r\n" * 10000),
    "helo": (b"", lambda i: b"HELO " + b"y" * 4000 + b"\r\n"),
    "rcpt": (SESSION, recipients(b"RCPT TO:<r%d@local.example>\r\n")),
    "long-rcpt": (SESSION,
                  lambda i: b"RCPT TO:<" + b"r" * 880 + b"@local.example>\r\n"),
    "header": (DATA, b"Received: x\r\n" * 5000),
    "header-line": (DATA + b"Subject: ", b"x" * 65536),
    "message-id": (DATA + b"Message-ID: <", b"x" * 65536),
    "body": (DATA + b"\r\n", (b"x" * 70 + b"\r\n") * 1000),
    "qmtp-message": (b"199999999:\n", b"x" * 65536),
    "qmtp-sender": (b"2:\nx,199999999:", b"x" * 65536),
    "qmtp-recipient": (b"2:\nx,1:s,16000000:15999980:", b"r" * 65536),
    "qmtp-recipients": (b"2:\nx,1:s,16000000:", b"1:r," * 16384),
    "qmtp-long-recipients": (b"2:\nx,1:s,16000000:",
                             (b"800:" + b"r" * 800 + b",") * 80),
    "qmqp-message": (b"199999999:199999980:", b"x" * 65536),
    "qmqp-recipients": (b"199999999:1:x,1:s,", b"1:r," * 16384),
    "reply-line": (b"220-", b"x" * 65536),
    "reply-lines": (b"", b"220-again\r\n" * 5000),
    "reply-late": (b"220 x\r\n", b"250-again\r\n" * 5000),
}


def drain(end):
    try:
        while end.recv(65536):
            pass
    except OSError:
        pass


def peak_of(pid):
    """The most resident memory so far in kB; 0 when the process has ended.
    (What wait4 says includes our own memory between fork and exec.)"""
    try:
        with open(f"/proc/{pid}/status", encoding="ascii") as f:
            return max([int(line.split()[1]) for line in f
                        if line.startswith("VmHWM:")], default=0)
    except OSError:
        return 0


def feed(end, begin, part, limit, pid):
    sent, i, peak = 0, 0, 0
    try:
        end.sendall(begin)
        while sent < limit:
            piece = part(i) if callable(part) else part
            end.sendall(piece)
            sent += len(piece)
            i += 1
            peak = max(peak, peak_of(pid))
    except OSError:
        pass  # it has had enough
    return sent, peak


def serve(words):
    server = socket.create_server(("127.0.0.1", 0))
    routes = os.path.join(os.environ["QMAILHOME"], "control", "smtproutes")
    with open(routes, "w", encoding="ascii") as f:
        f.write(f":127.0.0.1:{server.getsockname()[1]}\n")
    child = subprocess.Popen(words, stdin=subprocess.DEVNULL,
                             stdout=subprocess.DEVNULL)
    return child, server.accept()[0]


def main():
    begin, part = CASES[sys.argv[1]]
    limit = int(sys.argv[2]) << 20
    if sys.argv[1].startswith("reply"):
        child, ours = serve(sys.argv[3:])
    else:
        ours, theirs = socket.socketpair()
        child = subprocess.Popen(sys.argv[3:], stdin=theirs, stdout=theirs)
        theirs.close()
    ours.settimeout(60)
    reader = threading.Thread(target=drain, args=(ours,), daemon=True)
    reader.start()
    sent, peak = feed(ours, begin, part, limit, child.pid)
    try:
        ours.shutdown(socket.SHUT_WR)
    except OSError:
        pass  # it hung up
    print(f"sent {sent >> 10} kB, peak {peak} kB, exit {child.wait()}")


if __name__ == "__main__":
    main()
