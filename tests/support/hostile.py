#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Plays peers that mean ill, and measures what that costs the program.

usage: hostile.py CASE PROGRAM [ARG...]

PROGRAM gets a socket as descriptors 0 and 1; in the cases "remote-..." it is
qmail-remote, and we are a server to which control/smtproutes of $QMAILHOME
leads. Prints "memory KIB cpu SECONDS
status N" when it has ended: the most memory it ever had, the time it used, its
exit status; then, on further lines, the end of what it said.
"""
import os
import resource
import select
import socket
import subprocess
import sys
import threading

MIB = 1 << 20


def netstring(data):
    return b"%d:%s," % (len(data), data)


def slowly(data):
    for i in range(len(data)):
        yield data[i:i + 1]


def repeat(piece, total):
    block = piece * (65536 // len(piece) + 1)
    sent = 0
    while sent < total:
        yield block
        sent += len(block)


BEGIN = b"EHLO x\r\nMAIL FROM:<s@x>\r\nRCPT TO:<u@local.example>\r\nDATA\r\n"
END = b"\r\n.\r\nQUIT\r\n"


def qmtp(recipients):
    return netstring(b"\nx") + netstring(b"s@x") + recipients


CASES = {
    "smtp-bytes": lambda: slowly(BEGIN + b"Subject: x\r\n\r\nbody" + END),
    "smtp-long-command": lambda: (*repeat(b"x", 100 * MIB), b"\r\nQUIT\r\n"),
    "smtp-long-header": lambda: (BEGIN, b"X: ", *repeat(b"y", 100 * MIB), END),
    "smtp-long-line": lambda: (BEGIN, b"\r\n", *repeat(b"\0\xff.\r", 20 * MIB),
                               END),
    "smtp-many-lines": lambda: (BEGIN, *repeat(b"..\r\n", 30 * MIB), END),
    "smtp-many-recipients": lambda: (
        b"MAIL FROM:<>\r\n", *repeat(b"RCPT TO:<u@local.example>\r\n",
                                     27 * 1000 * 1000),
        b"DATA\r\n.\r\nQUIT\r\n"),
    "smtp-nul": lambda: (*repeat(b"NOOP\0\r\n", 2 * MIB), b"QUIT\r\n"),
    "smtp-noise": lambda: repeat(os.urandom(60000), 20 * MIB),
    "qmtp-bytes": lambda: slowly(qmtp(netstring(netstring(
        b"u@local.example")))),
    "qmtp-long": lambda: (b"%d:\r" % (100 * MIB + 1),
                          *(bytes(65536) for _ in range(1600)), b",",
                          netstring(b"s@x"),
                          netstring(netstring(b"u@local.example"))),
    "qmtp-many-recipients": lambda: (qmtp(netstring(
        netstring(b"u@local.example") * 800000)),),
    "qmtp-empty-recipients": lambda: (qmtp(netstring(b"0:," * 5000000)),),
    "qmtp-deep": lambda: (b"9" * MIB,),
}


def forever(piece):
    block = piece * (65536 // len(piece) + 1)
    while True:
        yield block


REPLIES = b"220 a\r\n250 b\r\n250 c\r\n250 d\r\n354 e\r\n250-f\r\n250 g\r\n"

# what the server sends, whatever it is sent
SERVERS = {
    "remote-bytes": lambda: slowly(REPLIES),
    "remote-at-once": lambda: (REPLIES,),
    "remote-endless-line": lambda: (b"220 ", *repeat(b"x", 100 * MIB)),
    "remote-endless-lines": lambda: forever(b"250-x\r\n"),
    "remote-endless-noise": lambda: forever(os.urandom(60000)),
    "remote-nul": lambda: forever(b"250-\0\0\0\r\n"),
    "remote-last-endless": lambda: (REPLIES[:-16], *repeat(b"250-y\r\n",
                                                           50 * MIB)),
}


def read_all(connection, tail):
    while True:
        try:
            data = connection.recv(65536)
        except OSError:
            return
        if not data:
            return
        tail[0] = (tail[0] + data)[-2000:]


def high_water(pid):
    try:
        with open(f"/proc/{pid}/status", encoding="ascii") as f:
            for line in f:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1])
    except OSError:
        pass
    return 0


def hang_up(connection, how):
    try:
        connection.shutdown(how)
    except OSError:
        pass  # the other side was faster


def as_client():
    ours, theirs = socket.socketpair()
    child = subprocess.Popen(sys.argv[2:], stdin=theirs, stdout=theirs)
    theirs.close()
    return ours, child, CASES[sys.argv[1]]()


def as_server():
    server = socket.create_server(("127.0.0.1", 0))
    with open(os.environ["QMAILHOME"] + "/control/smtproutes", "w",
              encoding="ascii") as f:
        f.write(f":127.0.0.1:{server.getsockname()[1]}\n")
    child = subprocess.Popen(
        [*sys.argv[2:], "far.example", "s@x", "u@far.example"],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    return server.accept()[0], child, SERVERS[sys.argv[1]]()


def main():
    is_server = sys.argv[1] in SERVERS
    ours, child, pieces = as_server() if is_server else as_client()
    tail = [b""]
    reader = threading.Thread(target=read_all, args=(ours, tail))
    reader.start()
    memory = 0
    try:
        for piece in pieces:
            memory = max(memory, high_water(child.pid))
            ours.sendall(piece)
    except OSError:
        pass
    if not is_server:
        hang_up(ours, socket.SHUT_WR)
    while child.poll() is None:
        memory = max(memory, high_water(child.pid))
        select.select([], [], [], 0.005)
    cpu = resource.getrusage(resource.RUSAGE_CHILDREN)
    if is_server:
        hang_up(ours, socket.SHUT_RDWR)
        tail[0] = child.stdout.read().replace(b"\0", b"|")
    reader.join()
    print(f"memory {memory} cpu {cpu.ru_utime + cpu.ru_stime:.1f} "
          f"status {child.returncode}")
    print(tail[0][-2000:].decode("latin-1").replace("\r", ""))


if __name__ == "__main__":
    main()
