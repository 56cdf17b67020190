"""BLAKE2, without the OpenSSL that `hashlib` loads first: hooks save 2 ms."""

from __future__ import annotations

try:
    from _blake2 import blake2b
except ImportError:  # a Python that is built otherwise
    from hashlib import blake2b

__all__ = ["blake2b"]
