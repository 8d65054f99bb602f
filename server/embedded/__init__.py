"""What stands in for the outside on one machine: mongod and valkey of our own, and a clock read over HTTP."""

from server.embedded.clock import PolledClock
from server.embedded.folder import Addresses, Folder, Occupied, addresses, standing, write
from server.embedded.readiness import NotReady
from server.embedded.servers import Mongod, Server, Valkey, bound_to_parent, free_port

__all__ = [
    "Addresses",
    "Folder",
    "Mongod",
    "NotReady",
    "Occupied",
    "PolledClock",
    "Server",
    "Valkey",
    "addresses",
    "bound_to_parent",
    "free_port",
    "standing",
    "write",
]
