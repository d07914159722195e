"""The addresses of cars, and what may be done at each."""
