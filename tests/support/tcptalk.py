#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Sends standard input to a loopback port and prints what comes back, without
carriage returns.

usage: tcptalk.py PORT
"""
import socket
import sys


def main():
    with socket.create_connection(("127.0.0.1", int(sys.argv[1])), 30) as s:
        s.sendall(sys.stdin.buffer.read())
        while True:
            data = s.recv(65536)
            if not data:
                break
            sys.stdout.buffer.write(data.replace(b"\r", b""))


if __name__ == "__main__":
    main()
