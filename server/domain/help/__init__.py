"""Signs of danger, open lines and the help reply: pure, needs nothing, lives in every process."""
