"""How the service speaks WeChat: envelopes, messages, tokens and calls."""
