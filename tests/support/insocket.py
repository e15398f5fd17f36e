#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Runs a program with a connected socket as its standard input.

usage: insocket.py v4|v6|mapped|unix PROGRAM [ARG...]

mapped: an IPv6 socket whose peer is an IPv4 address. The program writes to our
standard output; our exit status is its own. $PORTS receives "LOCAL REMOTE", the
two port numbers.
"""
import os
import socket
import subprocess
import sys


def listen(kind, folder):
    if kind == "unix":
        server = socket.socket(socket.AF_UNIX)
        server.bind(folder + "/socket")
        server.listen()
        return server, folder + "/socket"
    if kind == "v4":
        server = socket.create_server(("127.0.0.1", 0))
    elif kind == "v6":
        server = socket.create_server(("::1", 0), family=socket.AF_INET6)
    else:
        server = socket.create_server(("::", 0), family=socket.AF_INET6,
                                      dualstack_ipv6=True)
    return server, server.getsockname()[1]


def connect(kind, where):
    if kind == "unix":
        client = socket.socket(socket.AF_UNIX)
        client.connect(where)
        return client
    return socket.create_connection(("::1" if kind == "v6" else "127.0.0.1",
                                     where))


def main():
    kind = sys.argv[1]
    folder = os.environ.get("TMPDIR", "/tmp") + f"/insocket-{os.getpid()}"
    os.mkdir(folder)
    try:
        server, where = listen(kind, folder)
        client = connect(kind, where)
        connection, _ = server.accept()
    finally:
        if os.path.exists(folder + "/socket"):
            os.unlink(folder + "/socket")
        os.rmdir(folder)
    if "PORTS" in os.environ and kind != "unix":
        with open(os.environ["PORTS"], "w", encoding="ascii") as f:
            f.write(f"{where} {client.getsockname()[1]}\n")
    status = subprocess.call(sys.argv[2:], stdin=connection)
    client.close()
    sys.exit(status if status >= 0 else 128 - status)


if __name__ == "__main__":
    main()
