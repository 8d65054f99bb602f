"""What the service knows and decides: plain values and pure rules, no driver, no framework, no WeChat."""
