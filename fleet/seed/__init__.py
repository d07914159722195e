"""A believable company in numbers: the demo's 60 cars, or a load test's million contracts, by the same rules."""
