"""Concerns and who answers for them: raised by a cry, called out until a person takes it, closed with an outcome."""
