"""A stand-in for WeChat's platform: a second, strict reading of its rules, alone and on one machine."""
