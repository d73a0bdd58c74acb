"""Knows the live events page: its rows, and the stream that brings new ones without a reload.

One asker follows the lake for everybody who looks at the same thing; a viewer costs a queue and a
socket, no thread and no database connection.
"""

from khachquen.web.live.app import LiveApp

__all__ = ["LiveApp"]
