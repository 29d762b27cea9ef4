"""`python -m passatk`."""

from passatk.cli import main

main()
