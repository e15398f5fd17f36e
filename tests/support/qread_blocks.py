#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Sorts the messages of a qmail-qread listing: their order is that of the
directories they were listed from.

usage: qread_blocks.py <listing
"""
import re
import sys

blocks = re.split(rb"(?m)^(?=\d)", sys.stdin.buffer.read())
sys.stdout.buffer.write(b"".join(sorted(blocks)))
