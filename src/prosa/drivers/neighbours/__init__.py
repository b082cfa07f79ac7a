"""Questions between the processes of one service, by sockets in its run folder: a whole question, then a whole answer."""

from prosa.drivers.neighbours.line import MOST_BYTES, NeighbourGone, Served, ask, serve

__all__ = ["MOST_BYTES", "NeighbourGone", "Served", "ask", "serve"]
