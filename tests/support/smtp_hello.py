#!/usr/bin/python3
# SPDX-License-Identifier: ISC
# usage: smtp_hello.py PORT
# Prints what an SMTP server on the loopback says to a client that quits.
import socket
import sys

with socket.create_connection(("127.0.0.1", int(sys.argv[1])), 10) as s:
    lines = s.makefile("rw", newline="\r\n")
    print(lines.readline().rstrip())
    lines.write("QUIT\r\n")
    lines.flush()
    print(lines.readline().rstrip())
