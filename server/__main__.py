"""`python -m server …` is the command line."""

from server.commands import main

main(prog_name="xinyi")
