#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Serves one program on a free loopback port, as a TCP server would.

usage: netserve.py PORTFILE PROGRAM [ARG...]

Writes its process id to PORTFILE.pid and the port to PORTFILE, then runs PROGRAM for each connection with the
socket as descriptors 0 and 1, until it is killed.
"""
import os
import socket
import subprocess
import sys


def main():
    server = socket.create_server(("127.0.0.1", 0))
    with open(sys.argv[1] + ".pid", "w", encoding="ascii") as f:
        f.write(str(os.getpid()))
    with open(sys.argv[1] + ".new", "w", encoding="ascii") as f:
        f.write(str(server.getsockname()[1]))
    os.rename(sys.argv[1] + ".new", sys.argv[1])
    children = []
    while True:
        connection, peer = server.accept()
        environment = dict(os.environ, PROTO="TCP", TCPREMOTEIP=peer[0],
                           TCPREMOTEPORT=str(peer[1]), TCPLOCALIP="127.0.0.1")
        children = [c for c in children if c.poll() is None]
        children.append(subprocess.Popen(
            sys.argv[2:], stdin=connection, stdout=connection,
            env=environment))
        connection.close()


if __name__ == "__main__":
    main()
