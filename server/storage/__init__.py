"""What the service remembers: MongoDB is the truth, Redis may vanish at any moment."""

import os

# Motor reads the size of its one thread pool when it is first imported; its default starves under
# a few waiting calls, so the room that owns the driver sets it before any of its modules loads it.
os.environ.setdefault("MOTOR_MAX_WORKERS", "64")
