"""The strings behind the scene: what a test or the phone page may do to the stand-in."""
